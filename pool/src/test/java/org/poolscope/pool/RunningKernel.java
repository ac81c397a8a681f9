package org.poolscope.pool;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.poolscope.model.PoolTag;
import org.poolscope.model.RealEvidence;

/** Images of a running kernel made by another program, and what its own symbols say is in them. */
final class RunningKernel {

    static final List<String> ALL = List.of("nt52-idle", "nt52-load", "nt52-before", "nt52-after", "nt52-x64-boot");

    private RunningKernel() {
    }

    static Stream<String> images() {
        return ALL.stream();
    }

    static Path image(String name) {
        return RealEvidence.image(name + ".raw");
    }

    /**
     * A block the truth lists.
     *
     * @param header where its header stands
     * @param size its size in bytes, header included
     */
    record Block(long header, int size, PoolTag tag, boolean paged, boolean parked) {
    }

    /** Allocated blocks by the address of their data. */
    static Map<Long, Block> blocks(String name) {
        int header = isWide(name) ? 16 : 8;
        Map<Long, Block> blocks = new HashMap<>();
        for (Map<String, String> row : rows("dumps/" + name + ".poolblocks.csv.xz")) {
            long va = number(row.get("header_va"));
            blocks.put(va + header, new Block(va, (int) number(row.get("bytes")), new PoolTag((int) number(row.get("key"))),
                    number(row.get("pooltype_field")) % 2 == 0, row.get("on_lookaside").equals("1")));
        }
        return blocks;
    }

    static boolean isWide(String name) {
        return name.contains("x64");
    }

    /** The rows of a table with a head line; fields may be quoted. */
    static List<Map<String, String>> rows(String relative) {
        List<Map<String, String>> rows = new ArrayList<>();
        List<String> names = null;
        for (String line : RealEvidence.text(relative).split("\r?\n")) {
            List<String> fields = fields(line);
            if (names == null) {
                names = fields;
                continue;
            }
            Map<String, String> row = new HashMap<>();
            for (int i = 0; i < names.size() && i < fields.size(); i++) {
                row.put(names.get(i), fields.get(i));
            }
            rows.add(row);
        }
        return rows;
    }

    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                field.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }

    /** A number of the tables, in hex or decimal. */
    static long number(String text) {
        return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
    }
}
