package org.poolscope.driver.pe;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds and reads the version resource (PE/COFF specification, "The .rsrc Section"; Windows API documentation, "VS_VERSIONINFO" and
 * the structures it is made of).
 */
final class Resources {

    private static final int VERSION = 16;
    private static final int FIXED_SIGNATURE = 0xfeef04bd;
    private static final int MOST_ENTRIES = 4096;
    private static final int MOST_STRINGS = 256;
    private static final int LONGEST_TEXT = 1024;

    private final ImageBytes bytes;
    private final Map<String, String> strings = new LinkedHashMap<>();
    private String fileVersion;

    private Resources(ImageBytes bytes) {
        this.bytes = bytes;
    }

    static Optional<VersionInfo> version(ImageBytes bytes, Headers headers) {
        int root = headers.directoryRva[Headers.RESOURCES];
        if (root <= 0) {
            return Optional.empty();
        }
        Resources resources = new Resources(bytes);
        int type = resources.entry(root, root, VERSION);
        int name = resources.entry(root, type, -1);
        int leaf = resources.leaf(root, name);
        if (leaf < 0 || !bytes.has(leaf, 8)) {
            return Optional.empty();
        }
        int start = bytes.rva(leaf);
        int size = Math.min(Math.max(0, bytes.i32(leaf + 4)), bytes.available(start));
        if (size < 6) {
            return Optional.empty();
        }
        resources.block(start, start + size, start, 0);
        return Optional.of(new VersionInfo(resources.fileVersion, resources.strings));
    }

    /** The subdirectory for an id, or the first one when {@code id} is -1; -1 when there is none. */
    private int entry(int root, int directory, int id) {
        int found = find(directory, id);
        return found < 0 || (bytes.i32(found + 4) >= 0) ? -1 : below(root, bytes.i32(found + 4) & 0x7fff_ffff);
    }

    /** The data entry of the first language. */
    private int leaf(int root, int directory) {
        int found = find(directory, -1);
        return found < 0 || bytes.i32(found + 4) < 0 ? -1 : below(root, bytes.i32(found + 4));
    }

    private static int below(int root, int offset) {
        long rva = (long) root + offset;
        return rva > Integer.MAX_VALUE ? -1 : (int) rva;
    }

    private int find(int directory, int id) {
        if (directory < 0 || !bytes.has(directory, 16)) {
            return -1;
        }
        int count = Math.min(bytes.u16(directory + 12) + bytes.u16(directory + 14), MOST_ENTRIES);
        for (int i = 0; i < count; i++) {
            int at = directory + 16 + 8 * i;
            if (!bytes.has(at, 8)) {
                return -1;
            }
            if (id == -1 || bytes.i32(at) == id) {
                return at;
            }
        }
        return -1;
    }

    /** One block: length, length of its value, type, key, value, blocks inside. Returns where the next one starts. */
    private int block(int at, int end, int origin, int depth) {
        if (end - at < 6) {
            return end;
        }
        int length = bytes.u16(at);
        int valueLength = bytes.u16(at + 2);
        boolean text = bytes.u16(at + 4) == 1;
        if (length < 6 || length > end - at) {
            return end;
        }
        int stop = at + length;
        String key = wide(at + 6, stop);
        int value = aligned(at + 6 + 2 * (key.length() + 1), origin);
        int valueBytes = text ? 2 * valueLength : valueLength;
        if (depth == 0 && value <= stop - 16 && bytes.i32(value) == FIXED_SIGNATURE) {
            fileVersion = bytes.u16(value + 10) + "." + bytes.u16(value + 8) + "." + bytes.u16(value + 14) + "."
                    + bytes.u16(value + 12);
        }
        if (depth == 3) {
            if (strings.size() < MOST_STRINGS && value < stop) {
                strings.putIfAbsent(key, wide(value, stop));
            }
        } else {
            int inside = aligned((int) Math.min((long) value + valueBytes, stop), origin);
            while (inside < stop) {
                int next = block(inside, stop, origin, depth + 1);
                inside = aligned(Math.max(next, inside + 2), origin);
            }
        }
        return stop;
    }

    private static int aligned(int at, int origin) {
        return origin + (at - origin + 3 & ~3);
    }

    private String wide(int at, int end) {
        int length = 0;
        while (at + 2 * length + 2 <= end && length < LONGEST_TEXT && bytes.u16(at + 2 * length) != 0) {
            length++;
        }
        return length == 0 ? "" : new String(bytes.array(), bytes.offset(at), 2 * length, StandardCharsets.UTF_16LE);
    }
}
