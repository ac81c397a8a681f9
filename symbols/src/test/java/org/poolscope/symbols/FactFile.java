package org.poolscope.symbols;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.poolscope.model.RealEvidence;

/**
 * Reads the generated layout listings of the facts folder: for each structure every distinct layout, with the builds that have
 * it. The tests judge the data files by them.
 */
final class FactFile {

    private static final Pattern LAYOUT = Pattern.compile(" {2}-- size (0x[0-9a-f]+) +\\[(.*)\\]");
    private static final Pattern FIELD = Pattern.compile(" {5}\\+0x([0-9a-f]+) (\\S+)\\s+(.*)");
    private static final Pattern BUILD = Pattern.compile("\\d+\\.\\d+\\.(\\d+)(?:\\((\\d+)(?:\\.\\.(\\d+))?, \\d+ of \\d+\\))?");
    private static final Pattern BITS = Pattern.compile("(.*):(\\d+)\\+(\\d+)");
    private static final Pattern OLD_BITS = Pattern.compile("bits (\\d+)\\.\\.(\\d+) of (.*)");

    /** A field as the listing has it: its width in bytes is 0 for embedded structures and arrays. */
    record Field(int offset, int bytes, int bit, int bits, String type) {
    }

    /** One layout and the versions that have it. */
    record Layout(String type, int size, List<KernelVersion> versions, Map<String, Field> fields) {
    }

    private final List<Layout> layouts = new ArrayList<>();
    private final Map<String, Map<KernelVersion, Layout>> byVersion = new HashMap<>();

    private FactFile() {
    }

    /** Reads listings together; {@code versions} turns the text between brackets into versions. */
    static FactFile read(int pointerSize, Map<String, KernelVersion> labels, List<KernelVersion> revisions, String... names) {
        FactFile file = new FactFile();
        for (String name : names) {
            String type = null;
            Layout layout = null;
            for (String line : lines(name)) {
                Matcher head = LAYOUT.matcher(line);
                Matcher field = FIELD.matcher(line);
                if (line.startsWith("## ")) {
                    type = line.split(" ")[1];
                } else if (head.matches()) {
                    layout = new Layout(type, Integer.decode(head.group(1)), versions(head.group(2), labels, revisions),
                            new HashMap<>());
                    file.layouts.add(layout);
                    for (KernelVersion version : layout.versions) {
                        file.byVersion.computeIfAbsent(type, t -> new HashMap<>()).put(version, layout);
                    }
                } else if (field.matches()) {
                    layout.fields.put(field.group(2),
                            field(Integer.parseInt(field.group(1), 16), field.group(3).strip(), pointerSize));
                }
            }
        }
        return file;
    }

    List<Layout> layouts() {
        return layouts;
    }

    /** A field by its name or by a dotted path through embedded structures, or {@code null}. */
    Field find(String type, KernelVersion version, String path) {
        Layout layout = byVersion.getOrDefault(type, Map.of()).get(version);
        if (layout == null) {
            return null;
        }
        Field direct = layout.fields.get(path);
        if (direct != null) {
            return direct;
        }
        for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
            Field outer = layout.fields.get(path.substring(0, dot));
            Field inner = outer == null ? null : find(outer.type, version, path.substring(dot + 1));
            if (inner != null) {
                return new Field(outer.offset + inner.offset, inner.bytes, inner.bit, inner.bits, inner.type);
            }
        }
        return null;
    }

    static List<String> lines(String name) {
        try {
            return Files.readAllLines(RealEvidence.fact("layouts/" + name + ".txt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<KernelVersion> versions(String text, Map<String, KernelVersion> labels, List<KernelVersion> revisions) {
        List<KernelVersion> versions = new ArrayList<>();
        if (!labels.isEmpty()) {
            for (String label : text.split(", ")) {
                if (labels.containsKey(label)) {
                    versions.add(labels.get(label));
                }
            }
            return versions;
        }
        Matcher build = BUILD.matcher(text);
        while (build.find()) {
            int number = Integer.parseInt(build.group(1));
            int low = build.group(2) == null ? 0 : Integer.parseInt(build.group(2));
            int high = build.group(2) == null ? Integer.MAX_VALUE
                    : Integer.parseInt(build.group(3) == null ? build.group(2) : build.group(3));
            revisions.stream().filter(v -> v.build() == number && v.minor() >= low && v.minor() <= high).forEach(versions::add);
        }
        return versions;
    }

    private static Field field(int offset, String type, int pointerSize) {
        Matcher bits = BITS.matcher(type);
        if (bits.matches()) {
            return new Field(offset, width(bits.group(1), pointerSize), Integer.parseInt(bits.group(2)),
                    Integer.parseInt(bits.group(3)), "");
        }
        Matcher old = OLD_BITS.matcher(type);
        if (old.matches()) {
            int first = Integer.parseInt(old.group(1));
            return new Field(offset, width(old.group(3), pointerSize), first, Integer.parseInt(old.group(2)) - first + 1, "");
        }
        return new Field(offset, width(type, pointerSize), 0, 0, type);
    }

    private static int width(String type, int pointerSize) {
        if (type.endsWith("*")) {
            return pointerSize;
        }
        return switch (type) {
            case "char", "unsigned char" -> 1;
            case "short", "unsigned short" -> 2;
            case "long", "unsigned long", "int", "unsigned int" -> 4;
            case "long long", "unsigned long long" -> 8;
            default -> 0;
        };
    }
}
