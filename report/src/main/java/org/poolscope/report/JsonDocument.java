package org.poolscope.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.Writer;

/** Writes one JSON document. Figures that are not known are {@code null}, never zero. */
public final class JsonDocument {

    /** Writes the fields of the document's object. */
    @FunctionalInterface
    public interface Fields {
        /** Writes the fields. */
        void write(JsonGenerator out) throws IOException;
    }

    private JsonDocument() {
    }

    /** Writes an object with these fields, indented, and a line end. */
    public static void print(Writer out, Fields fields) throws IOException {
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.setPrettyPrinter(new DefaultPrettyPrinter());
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
            json.writeRaw('\n');
        }
        out.flush();
    }

    /** Writes a figure, or {@code null} when it is not known. */
    public static void number(JsonGenerator out, String name, Number value) throws IOException {
        if (value == null) {
            out.writeNullField(name);
        } else if (value instanceof Double || value instanceof Float) {
            out.writeNumberField(name, value.doubleValue());
        } else {
            out.writeNumberField(name, value.longValue());
        }
    }

    /** Writes a text, or {@code null} when there is none. */
    public static void text(JsonGenerator out, String name, Object value) throws IOException {
        if (value == null) {
            out.writeNullField(name);
        } else {
            out.writeStringField(name, value.toString());
        }
    }

    /** Writes a truth value, or {@code null} when it is not known. */
    public static void flag(JsonGenerator out, String name, Boolean value) throws IOException {
        if (value == null) {
            out.writeNullField(name);
        } else {
            out.writeBooleanField(name, value);
        }
    }
}
