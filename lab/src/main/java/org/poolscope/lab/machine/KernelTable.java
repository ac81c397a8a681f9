package org.poolscope.lab.machine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/**
 * Where one of the kernels in {@code kernels-x64.txt} keeps its structures and variables. These are excerpts of whole symbol tables of
 * those very kernels; nothing in them comes from the tables the readers have.
 */
public final class KernelTable implements TypeLayouts {

    private static final int HEX = 16;
    private static final int NAME_WORDS = 2;

    private final int revision;
    private final String pdb;
    private final long end;
    private final Map<String, StructLayout> structures;
    private final Map<String, Long> variables;

    private KernelTable(int revision, String pdb, long end, Map<String, StructLayout> structures, Map<String, Long> variables) {
        this.revision = revision;
        this.pdb = pdb;
        this.end = end;
        this.structures = structures;
        this.variables = variables;
    }

    /** The builds there are tables of. */
    public static List<Integer> builds() {
        return builds(rows());
    }

    private static List<Integer> builds(List<String[]> rows) {
        return Arrays.stream(rows.getFirst()).skip(1).map(Integer::valueOf).toList();
    }

    /**
     * The table of a build.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static KernelTable of(int build) {
        List<String[]> rows = rows();
        List<Integer> builds = builds(rows);
        int column = builds.indexOf(build);
        if (column < 0) {
            throw new IllegalArgumentException("no table of build " + build);
        }
        Map<String, Integer> sizes = new HashMap<>();
        Map<String, List<FieldLayout>> fields = new HashMap<>();
        Map<String, Long> variables = new HashMap<>();
        Map<String, String> heads = new HashMap<>();
        for (String[] row : rows) {
            boolean named = row.length == builds.size() + NAME_WORDS;
            String cell = row[column + (named ? NAME_WORDS : 1)];
            if (!named) {
                heads.put(row[0], cell);
            } else if (!cell.equals("-")) {
                switch (row[0]) {
                    case "type" -> sizes.put(row[1], Integer.parseInt(cell, HEX));
                    case "variable" -> variables.put(row[1], Long.parseLong(cell, HEX));
                    default -> fields.computeIfAbsent(row[0], type -> new ArrayList<>()).add(field(row[1], cell));
                }
            }
        }
        Map<String, StructLayout> structures = new HashMap<>();
        sizes.forEach((type, size) -> structures.put(type, new StructLayout(type, size, "kernels-x64.txt, build " + build,
                fields.getOrDefault(type, List.of()))));
        return new KernelTable(Integer.parseInt(heads.get("revision")), heads.get("pdb"), Long.parseLong(heads.get("end"), HEX),
                structures, variables);
    }

    private static List<String[]> rows() {
        try (InputStream in = KernelTable.class.getResourceAsStream("kernels-x64.txt");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            return lines.lines().filter(line -> !line.startsWith("#")).map(line -> line.split(" ")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A cell: {@code place:bytes}, with {@code *count} or {@code :bit+bits} behind. */
    private static FieldLayout field(String name, String cell) {
        String[] parts = cell.split(":");
        int place = Integer.parseInt(parts[0], HEX);
        String[] bytes = parts[1].split("\\*");
        int width = Integer.parseInt(bytes[0]);
        int count = bytes.length > 1 ? Integer.parseInt(bytes[1]) : 1;
        String[] bits = parts.length > 2 ? parts[2].split("\\+") : new String[] {"0", "0"};
        return new FieldLayout(name, place, width == 0 ? "-" : "u" + Byte.SIZE * width, width, Integer.parseInt(bits[0]),
                Integer.parseInt(bits[1]), count, "kernels-x64.txt");
    }

    @Override
    public Optional<StructLayout> find(String type) {
        return Optional.ofNullable(structures.get(type));
    }

    /** All structures. */
    public List<StructLayout> structures() {
        return List.copyOf(structures.values());
    }

    /** Variables by name: bytes from the start of the kernel. */
    public Map<String, Long> variables() {
        return Map.copyOf(variables);
    }

    /** Where a variable stands, from the start of the kernel; empty when this kernel has none of that name. */
    OptionalLong variable(String name) {
        Long place = variables.get(name);
        return place == null ? OptionalLong.empty() : OptionalLong.of(place);
    }

    /** The last number of the kernel's version. */
    int revision() {
        return revision;
    }

    /** GUID and age of the kernel's PDB file, a hyphen between. */
    public String pdb() {
        return pdb;
    }

    /** The highest place a symbol has. */
    long end() {
        return end;
    }

    @Override
    public String toString() {
        return "kernels-x64.txt, PDB " + pdb;
    }
}
