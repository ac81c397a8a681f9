package org.poolscope.lab;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is so in a case, as a JSON object in the making. Values are texts, numbers, truth values, lists and further objects. */
final class Truth {

    private final Map<String, Object> fields = new LinkedHashMap<>();

    /** Sets a field. */
    Truth put(String name, Object value) {
        fields.put(name, value);
        return this;
    }

    /** Adds an object under a name. */
    Truth object(String name) {
        Truth child = new Truth();
        fields.put(name, child);
        return child;
    }

    /** Adds a list of objects under a name. */
    List<Truth> list(String name) {
        List<Truth> list = new ArrayList<>();
        fields.put(name, list);
        return list;
    }

    /** The evidence files a truth that was written before names; none when there is no such file, or it is something else. */
    static List<String> filesOf(Path file) throws IOException {
        List<String> names = new ArrayList<>();
        if (!Files.isRegularFile(file)) {
            return names;
        }
        try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = json.currentName().equals("files");
                json.nextToken();
                if (wanted) {
                    while (json.nextToken() == JsonToken.VALUE_STRING) {
                        names.add(json.getText());
                    }
                } else {
                    json.skipChildren();
                }
            }
        } catch (JsonProcessingException e) {
            names.clear();
        }
        return names;
    }

    /** Writes it all, indented. */
    void write(Path file) throws IOException {
        DefaultIndenter lines = new DefaultIndenter("  ", "\n");
        try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
                JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(lines));
            write(json, this);
            json.writeRaw('\n');
        }
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        switch (value) {
            case Truth object -> {
                json.writeStartObject();
                for (Map.Entry<String, Object> field : object.fields.entrySet()) {
                    json.writeFieldName(field.getKey());
                    write(json, field.getValue());
                }
                json.writeEndObject();
            }
            case Iterable<?> list -> {
                json.writeStartArray();
                for (Object item : list) {
                    write(json, item);
                }
                json.writeEndArray();
            }
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Double number -> json.writeNumber(number);
            case Boolean truth -> json.writeBoolean(truth);
            default -> json.writeString(value.toString());
        }
    }
}
