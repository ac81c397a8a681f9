package org.poolscope.symbols;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One of the layout data files. Opening it only finds where each structure's rows stand; the rows are parsed when a structure is
 * asked for. The file's own head explains its format.
 */
final class LayoutFile {

    private static final String SIZE_ROW = "(size)";

    private final String text;
    private final int pointerSize;
    private final Map<String, Integer> blocks = new HashMap<>();
    private int[] builds = {};

    private LayoutFile(String text, int pointerSize) {
        this.text = text;
        this.pointerSize = pointerSize;
        int at = 0;
        while (at < text.length()) {
            int end = lineEnd(at);
            char first = text.charAt(at);
            if (text.startsWith("builds ", at)) {
                builds = Arrays.stream(text.substring(at, end).split(" ")).skip(1).mapToInt(Integer::parseInt).toArray();
            } else if (first != ' ' && first != '#' && end > at) {
                blocks.put(text.substring(at, end), end + 1);
            }
            at = end + 1;
        }
    }

    /** Reads a data file that lies beside this class. */
    static LayoutFile resource(String name, int pointerSize) {
        try (InputStream in = LayoutFile.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no data file " + name);
            }
            return new LayoutFile(new String(in.readAllBytes(), StandardCharsets.US_ASCII), pointerSize);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The newest build any row was checked for. */
    int newest() {
        return builds[builds.length - 1];
    }

    /** The version whose layouts a version has: itself, or the one before it when the file does not list its build. */
    KernelVersion nearest(KernelVersion version) {
        int nearest = 0;
        for (int build : builds) {
            nearest = build <= version.build() ? build : nearest;
        }
        return new KernelVersion(nearest, version.minor());
    }

    /** The structures it has rows for. */
    Set<String> types() {
        return blocks.keySet();
    }

    /** The layout of a structure in a version, or {@code null} when the file has no size for it there. */
    StructLayout layout(String type, KernelVersion version) {
        Integer start = blocks.get(type);
        if (start == null) {
            return null;
        }
        FieldLayout size = null;
        String builds = "";
        List<FieldLayout> fields = new ArrayList<>();
        for (int at = start; at < text.length() && text.charAt(at) == ' '; at = lineEnd(at) + 1) {
            String[] row = text.substring(at, lineEnd(at)).strip().split(" +");
            if (row.length != 5) {
                throw new IllegalArgumentException("a row of " + type + " has " + row.length + " columns: "
                        + String.join(" ", row));
            }
            if (covers(row[1], version)) {
                FieldLayout field = FieldLayout.of(row[0], Integer.decode(row[2]), row[3], row[4], pointerSize);
                if (row[0].equals(SIZE_ROW)) {
                    size = field;
                    builds = row[1];
                } else {
                    fields.add(field);
                }
            }
        }
        return size == null ? null
                : new StructLayout(type, size.offset(), size.source() + ", builds " + builds, fields);
    }

    /** Whether a range of builds holds a version. */
    static boolean covers(String range, KernelVersion version) {
        int dots = range.indexOf("..");
        String low = dots < 0 ? range : range.substring(0, dots);
        String high = dots < 0 ? range : range.substring(dots + 2);
        return KernelVersion.parse(low, Integer.MIN_VALUE).compareTo(version) <= 0
                && (high.isEmpty() || KernelVersion.parse(high, KernelVersion.NEWEST).compareTo(version) >= 0);
    }

    private int lineEnd(int at) {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end;
    }
}
