package org.poolscope.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** A symbol table in the form of ISF that nobody's kernel has, of the size that tables of kernels have: for the training run. */
final class WarmUpSymbols {

    private static final int STRUCTURES = 1_500;
    private static final int FIELDS = 14;
    private static final int SYMBOLS = 20_000;
    private static final String[] KINDS = {"base", "pointer", "struct", "array", "bitfield", "enum"};

    private WarmUpSymbols() {
    }

    static void write(Path file) throws IOException {
        try (OutputStream out = new XZOutputStream(Files.newOutputStream(file), new LZMA2Options(2));
                JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.writeStartObject();
            json.writeObjectFieldStart("metadata");
            json.writeObjectFieldStart("windows");
            json.writeObjectFieldStart("pdb");
            json.writeStringField("GUID", "00000000000000000000000000000001");
            json.writeNumberField("age", 1);
            json.writeStringField("database", "warmup.pdb");
            json.writeNumberField("machine_type", 0x8664);
            json.writeEndObject();
            json.writeEndObject();
            json.writeEndObject();
            sized(json, "base_types", "pointer", "unsigned long");
            sized(json, "enums", "_KIND");
            json.writeObjectFieldStart("user_types");
            for (int structure = 0; structure < STRUCTURES; structure++) {
                structure(json, structure);
            }
            json.writeEndObject();
            json.writeObjectFieldStart("symbols");
            for (int symbol = 0; symbol < SYMBOLS; symbol++) {
                json.writeObjectFieldStart("NtSymbolNumber" + symbol * 31 % SYMBOLS);
                json.writeNumberField("address", 0x1000 + symbol * 48L);
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private static void sized(JsonGenerator json, String list, String... names) throws IOException {
        json.writeObjectFieldStart(list);
        for (String name : names) {
            json.writeObjectFieldStart(name);
            json.writeStringField("kind", "int");
            json.writeNumberField("size", 8);
            json.writeBooleanField("signed", false);
            json.writeStringField("endian", "little");
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void structure(JsonGenerator json, int number) throws IOException {
        json.writeObjectFieldStart("_STRUCTURE_" + number);
        json.writeStringField("kind", "struct");
        json.writeNumberField("size", FIELDS * 8);
        json.writeObjectFieldStart("fields");
        for (int field = 0; field < FIELDS; field++) {
            json.writeObjectFieldStart("Field" + (field + number) % 300);
            type(json, KINDS[field % KINDS.length], number);
            json.writeNumberField("offset", field * 8);
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void type(JsonGenerator json, String kind, int number) throws IOException {
        boolean inner = kind.equals("array") || kind.equals("bitfield") || kind.equals("pointer");
        json.writeObjectFieldStart("type");
        json.writeStringField("kind", kind);
        json.writeStringField("name", kind.equals("enum") ? "_KIND" 
                : kind.equals("struct") ? "_STRUCTURE_" + number / 2 : "unsigned long");
        if (kind.equals("array")) {
            json.writeNumberField("count", 1);
        }
        if (kind.equals("bitfield")) {
            json.writeNumberField("bit_position", 3);
            json.writeNumberField("bit_length", 2);
        }
        if (inner) {
            json.writeObjectFieldStart(kind.equals("bitfield") ? "type" : "subtype");
            json.writeStringField("kind", "base");
            json.writeStringField("name", "unsigned long");
            json.writeEndObject();
        }
        json.writeEndObject();
    }
}
