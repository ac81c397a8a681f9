package org.poolscope.symbols.isf;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.poolscope.model.Architecture;
import org.poolscope.model.EvidenceException;
import org.poolscope.symbols.PdbIdentity;
import org.poolscope.symbols.SymbolTable;
import org.poolscope.symbols.SymbolTableBuilder;
import org.poolscope.symbols.SymbolTableBuilder.FieldType;
import org.tukaani.xz.XZInputStream;

/**
 * Reads Intermediate Symbol Format, the JSON tables of memory analysis (its schema is published with Volatility 3; versions 2
 * to 6 say the same of Windows). One pass over the tokens, plain or {@code .xz}; names of types are looked up when all are read,
 * because the members of the file may come in any order.
 */
public final class IsfReader {

    /** Most members are named by symbols, each once, so that to remember their names costs more than it saves. */
    private static final JsonFactory JSON = JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build();
    private static final int XZ_MEMORY_KIB = 256 << 10;

    /** The largest kernels' tables unpack to 12 MB; a file that goes on and on is not one of them. */
    private static final long LONGEST = 1L << 30;

    private static final int DEEPEST = 64;

    private final Path file;
    private final JsonParser json;
    private final Map<String, Integer> baseSizes = new HashMap<>();
    private final Map<String, Integer> enumSizes = new HashMap<>();
    private final Map<String, Structure> structures = new LinkedHashMap<>();
    private final SymbolTableBuilder builder = new SymbolTableBuilder();
    private String pdbName;
    private String guid;
    private long age;
    private int machine;

    private IsfReader(Path file, JsonParser json) {
        this.file = file;
        this.json = json;
    }

    /** A structure as it is written, its fields' types still words. */
    private record Structure(long size, List<Field> fields) {
    }

    private record Field(String name, long offset, Type type, boolean anonymous) {
    }

    /** A type as it is written: a kind, a name, what it is an array, a pointer or a part of. */
    private record Type(String kind, String name, Type inner, long count, int bit, int bits) {
    }

    /** Whether a file begins as ISF does: as JSON, or as something packed with xz. */
    public static boolean recognises(byte[] head) {
        int first = 0;
        while (first < head.length && Character.isWhitespace(head[first])) {
            first++;
        }
        return first < head.length && head[first] == '{' || isPacked(head);
    }

    private static boolean isPacked(byte[] head) {
        return head.length > 5 && head[0] == (byte) 0xfd && head[1] == '7' && head[2] == 'z' && head[3] == 'X' && head[4] == 'Z';
    }

    /**
     * Reads a file.
     *
     * @throws EvidenceException when it cannot be read, is damaged, or is not the symbols of a Windows program
     */
    public static SymbolTable read(Path file) throws EvidenceException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            in.mark(16);
            boolean packed = isPacked(in.readNBytes(8));
            in.reset();
            try (InputStream plain = new Limited(packed ? new XZInputStream(in, XZ_MEMORY_KIB) : in);
                    JsonParser json = JSON.createParser(plain)) {
                return new IsfReader(file, json).read();
            }
        } catch (JsonParseException | StreamConstraintsException e) {
            throw new EvidenceException(file, "", "it is damaged: " + e.getOriginalMessage(), "Fetch it again", e);
        } catch (IOException e) {
            throw new EvidenceException(file, "", "it cannot be read: " + e.getMessage(), "Fetch it again", e);
        } catch (IllegalArgumentException e) {
            throw new EvidenceException(file, "", "it is damaged: " + e.getMessage(), "Fetch it again", e);
        }
    }

    private SymbolTable read() throws IOException, EvidenceException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw damaged("it is no JSON object");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String section = json.currentName();
            json.nextToken();
            switch (section) {
                case "metadata" -> metadata();
                case "base_types" -> sizes(baseSizes);
                case "enums" -> sizes(enumSizes);
                case "user_types" -> structures();
                case "symbols" -> symbols();
                default -> json.skipChildren();
            }
        }
        if (json.currentToken() != JsonToken.END_OBJECT) {
            throw damaged("it ends before its end");
        }
        PdbIdentity identity = pdbName == null || guid == null ? null : PdbIdentity.of(pdbName, guid, age).orElse(null);
        if (identity == null) {
            throw new EvidenceException(file, "", "it does not name the PDB file it was made from",
                    "Only tables of Windows programs (metadata.windows.pdb) can be used");
        }
        for (Map.Entry<String, Structure> structure : structures.entrySet()) {
            builder.structure(structure.getKey(), structure.getValue().size());
            for (Field field : structure.getValue().fields()) {
                builder.field(field.name(), field.offset(), resolve(field.type(), 0), field.anonymous());
            }
        }
        Architecture architecture = switch (machine) {
            case 0x14c -> Architecture.X86;
            case 0x8664 -> Architecture.X64;
            case 0xaa64 -> Architecture.ARM64;
            default -> null;
        };
        return builder.build(identity, architecture, "ISF of " + identity.key());
    }

    private EvidenceException damaged(String what) {
        return new EvidenceException(file, "offset " + json.currentLocation().getByteOffset(), what, "Fetch it again");
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(what + ", at offset " + json.currentLocation().getByteOffset());
    }

    private void open(String what) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw wrong(what + " is no JSON object");
        }
    }

    /** Goes to the next member of an object; {@code null} at its end. */
    private String member() throws IOException {
        JsonToken token = json.nextToken();
        if (token == JsonToken.END_OBJECT) {
            return null;
        }
        if (token != JsonToken.FIELD_NAME) {
            throw wrong("a member's name is missing");
        }
        String name = json.currentName();
        json.nextToken();
        return name;
    }

    private long number() throws IOException {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw wrong(json.currentName() + " is no whole number");
        }
        return json.getLongValue();
    }

    /** A number that any honest file keeps small. */
    private int small() throws IOException {
        long value = number();
        if (value < 0 || value > 1 << 20) {
            throw wrong(json.currentName() + " is " + value);
        }
        return (int) value;
    }

    /** {@code metadata.windows.pdb}; what else is told there does not matter. */
    private void metadata() throws IOException {
        open("metadata");
        for (String name = member(); name != null; name = member()) {
            if ((name.equals("windows") || name.equals("pdb")) && json.currentToken() == JsonToken.START_OBJECT) {
                metadata();
            } else if (name.equals("GUID")) {
                guid = json.getValueAsString();
            } else if (name.equals("age")) {
                age = number();
            } else if (name.equals("database")) {
                pdbName = json.getValueAsString();
            } else if (name.equals("machine_type")) {
                machine = small();
            } else {
                json.skipChildren();
            }
        }
    }

    private void sizes(Map<String, Integer> into) throws IOException {
        open("a list of types");
        for (String type = member(); type != null; type = member()) {
            open(type);
            for (String name = member(); name != null; name = member()) {
                if (name.equals("size")) {
                    into.put(type, small());
                } else {
                    json.skipChildren();
                }
            }
        }
    }

    private void structures() throws IOException {
        open("user_types");
        for (String type = member(); type != null; type = member()) {
            open(type);
            long size = -1;
            List<Field> fields = List.of();
            for (String name = member(); name != null; name = member()) {
                if (name.equals("size")) {
                    size = number();
                } else if (name.equals("fields")) {
                    fields = fields(type);
                } else {
                    json.skipChildren();
                }
            }
            if (size < 0) {
                throw wrong("the size of " + type + " is missing");
            }
            structures.put(type, new Structure(size, fields));
        }
    }

    private List<Field> fields(String type) throws IOException {
        open("the fields of " + type);
        List<Field> fields = new ArrayList<>();
        for (String field = member(); field != null; field = member()) {
            open(field);
            long offset = -1;
            Type is = null;
            boolean anonymous = false;
            for (String name = member(); name != null; name = member()) {
                switch (name) {
                    case "offset" -> offset = number();
                    case "type" -> is = type(0);
                    case "anonymous" -> anonymous = json.getValueAsBoolean();
                    default -> json.skipChildren();
                }
            }
            if (offset < 0 || is == null) {
                throw wrong("the offset or type of " + type + "." + field + " is missing");
            }
            fields.add(new Field(field, offset, is, anonymous));
        }
        return fields;
    }

    private Type type(int depth) throws IOException {
        open("a type");
        if (depth > DEEPEST) {
            throw wrong("types are nested too deep");
        }
        String kind = "";
        String named = "";
        Type inner = null;
        long count = 1;
        int bit = 0;
        int bits = 0;
        for (String name = member(); name != null; name = member()) {
            switch (name) {
                case "kind" -> kind = json.getValueAsString("");
                case "name" -> named = json.getValueAsString("");
                case "subtype", "type" -> inner = type(depth + 1);
                case "count" -> count = number();
                case "bit_position" -> bit = small();
                case "bit_length" -> bits = small();
                default -> json.skipChildren();
            }
        }
        return new Type(kind, named, inner, count, bit, bits);
    }

    private FieldType resolve(Type type, int depth) {
        if (type == null || depth > DEEPEST) {
            throw new IllegalArgumentException("a type says not what it is made of");
        }
        return switch (type.kind()) {
            case "base" -> FieldType.number(size(baseSizes, type.name()));
            case "pointer" -> FieldType.pointer(size(baseSizes, "pointer"));
            case "enum" -> FieldType.number(size(enumSizes, type.name()));
            case "bitfield" -> resolve(type.inner(), depth + 1).cut(type.bit(), type.bits());
            case "array" -> resolve(type.inner(), depth + 1).times(type.count());
            case "struct", "union", "class" -> FieldType.structure(type.name());
            // a function cannot be a member; what later versions add has no size here
            default -> FieldType.number(0);
        };
    }

    private static int size(Map<String, Integer> sizes, String name) {
        Integer size = sizes.get(name);
        if (size == null) {
            throw new IllegalArgumentException("type " + name + " is used but not described");
        }
        return size;
    }

    private void symbols() throws IOException {
        open("symbols");
        for (String symbol = member(); symbol != null; symbol = member()) {
            open(symbol);
            long address = -1;
            for (String name = member(); name != null; name = member()) {
                if (name.equals("address")) {
                    address = number();
                } else {
                    json.skipChildren();
                }
            }
            if (address >= 0 && address <= Integer.MAX_VALUE) {
                builder.symbol(symbol, address, 0, false);
            }
        }
    }

    /** Ends the reading of a file that unpacks to more than any honest one. */
    private static final class Limited extends java.io.FilterInputStream {
        private long left = LONGEST;

        Limited(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            count(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int got = super.read(into, offset, length);
            count(Math.max(0, got));
            return got;
        }

        private void count(int got) throws IOException {
            left -= got;
            if (left < 0) {
                throw new IOException("it unpacks to more than " + LONGEST + " bytes");
            }
        }
    }
}
