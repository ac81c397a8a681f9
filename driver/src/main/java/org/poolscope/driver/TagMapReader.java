package org.poolscope.driver;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.poolscope.model.Address;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Provenance;

/** Reads the maps that {@code retag --map} writes: a {@link TagMap} each. */
public final class TagMapReader implements EvidenceReader {

    private static final int BEGINNING = 512;
    private static final long LARGEST = 64 << 20;
    private static final int MOST_TAGS = 100_000;
    private static final String REMEDY = "Name the file that retag --map wrote";

    /** For {@link java.util.ServiceLoader}. */
    public TagMapReader() {
    }

    @Override
    public String format() {
        return "tag map";
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        byte[] head = file.head();
        String beginning = new String(head, 0, Math.min(BEGINNING, head.length), StandardCharsets.UTF_8);
        return beginning.stripLeading().startsWith("{") && beginning.contains("\"" + TagMap.FORMAT + "\"");
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        sink.add(read(file.path(), file.name()));
        int lines = file.text().map(text -> text.count()).orElse(0);
        for (int line = 1; line <= lines; line++) {
            sink.understood(line);
        }
    }

    /** Reads a map; findings name the file as {@code name}. */
    static TagMap read(Path file, String name) throws EvidenceException {
        try {
            if (Files.size(file) > LARGEST) {
                throw new EvidenceException(file, "", "too large for a tag map", REMEDY);
            }
            try (JsonParser json = new JsonFactory().createParser(Files.readAllBytes(file))) {
                return map(file, name, json);
            }
        } catch (JsonProcessingException e) {
            throw new EvidenceException(file, "line " + e.getLocation().getLineNr(), "not valid JSON", "Write the map again with retag --map",
                    e);
        } catch (IOException e) {
            throw EvidenceException.unreadable(file, e);
        }
    }

    private static TagMap map(Path file, String name, JsonParser json) throws IOException, EvidenceException {
        Map<String, Object> root = json.nextToken() == JsonToken.START_OBJECT ? object(json) : Map.of();
        if (!TagMap.FORMAT.equals(root.get("format")) || !(root.get("tags") instanceof List<?> rows)) {
            throw new EvidenceException(file, "", "this is no tag map", REMEDY);
        }
        try {
            List<TagMap.Entry> entries = new ArrayList<>();
            for (Object row : rows) {
                entries.add(entry(file, entries.size(), row));
            }
            Object stamp = root.get("timeDateStamp");
            return new TagMap(new Provenance(name, ""), text(root, "driver"), text(root, "architecture"),
                    stamp instanceof Number number ? number.longValue() : 0, root.get("pdb") instanceof String pdb ? pdb : null, entries, otherUses(root));
        } catch (IllegalArgumentException e) {
            throw new EvidenceException(file, "", "this is no tag map: " + e.getMessage(), REMEDY, e);
        }
    }

    /** The members of an object that was begun: texts, numbers, lists and objects; anything else is left out. */
    private static Map<String, Object> object(JsonParser json) throws IOException {
        Map<String, Object> members = new HashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String member = json.currentName();
            json.nextToken();
            Object value = value(json);
            if (value != null) {
                members.put(member, value);
            }
        }
        return members;
    }

    private static Object value(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case VALUE_STRING -> json.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getNumberValue();
            case START_OBJECT -> object(json);
            case START_ARRAY -> {
                List<Object> items = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY && json.currentToken() != null && items.size() < MOST_TAGS) {
                    items.add(value(json));
                }
                yield items;
            }
            case null, default -> null;
        };
    }

    private static TagMap.Entry entry(Path file, int index, Object row) throws EvidenceException {
        try {
            if (!(row instanceof Map<?, ?> members)) {
                throw new IllegalArgumentException("no object");
            }
            List<Long> sizes = new ArrayList<>();
            if (members.get("sizes") instanceof List<?> numbers) {
                numbers.forEach(size -> sizes.add(size instanceof Number number ? number.longValue() : 0L));
            }
            String pool = members.get("pool") instanceof String word ? word : "";
            return new TagMap.Entry(PoolTag.parse(text(members, "tag")), PoolTag.parse(text(members, "originalTag")), place(members, "rva"),
                    text(members, "function"), whole(members, "functionOffset"), place(members, "patchRva"), whole(members, "patchOffset"),
                    text(members, "api"), text(members, "operation"),
                    pool.equals("paged") ? PoolKind.PAGED : pool.equals("nonpaged") ? PoolKind.NONPAGED : null, sizes);
        } catch (IllegalArgumentException e) {
            throw new EvidenceException(file, "tag " + (index + 1), "not a row of a tag map: " + e.getMessage(),
                    "Write the map again with retag --map", e);
        }
    }

    /** Maps of older versions have none. */
    private static List<TagMap.OtherUse> otherUses(Map<String, Object> root) {
        List<TagMap.OtherUse> uses = new ArrayList<>();
        if (root.get("otherUses") instanceof List<?> rows) {
            for (Object row : rows) {
                if (row instanceof Map<?, ?> members) {
                    uses.add(new TagMap.OtherUse(PoolTag.parse(text(members, "tag")), place(members, "rva"), whole(members, "offset"),
                            text(members, "place"), text(members, "use")));
                }
            }
        }
        return uses;
    }

    private static String text(Map<?, ?> members, String name) {
        if (members.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("no text '" + name + "'");
    }

    private static int whole(Map<?, ?> members, String name) {
        return members.get(name) instanceof Number number ? number.intValue() : 0;
    }

    private static int place(Map<?, ?> members, String name) {
        long value = Address.parse(text(members, name));
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("'" + name + "' is no place in a driver");
        }
        return (int) value;
    }
}
