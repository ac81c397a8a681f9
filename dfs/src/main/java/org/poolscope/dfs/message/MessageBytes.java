package org.poolscope.dfs.message;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The bytes of one message, for decoding. Strings that begin at the same place are read once. Since offsets are 16 bits and may
 * overlap, a small message can stand for gigabytes of text; no more than {@link #MOST_TEXT_FACTOR} times its length is read.
 */
final class MessageBytes {

    private static final int MOST_TEXT_FACTOR = 8;
    private static final int LEAST_TEXT_LIMIT = 1 << 16;

    private final byte[] bytes;
    private final Breaches breaches;
    private final Map<Integer, String> strings = new HashMap<>();
    private final Map<Integer, Integer> ends = new HashMap<>();
    private long textLeft;
    private int lastStringEnd;

    MessageBytes(byte[] bytes, Breaches breaches) {
        this.bytes = bytes;
        this.breaches = breaches;
        this.textLeft = Math.max(LEAST_TEXT_LIMIT, (long) bytes.length * MOST_TEXT_FACTOR);
    }

    int length() {
        return bytes.length;
    }

    boolean holds(int offset, int length) {
        return offset >= 0 && length >= 0 && offset <= bytes.length - length;
    }

    int u16(int offset) {
        return bytes[offset] & 0xff | (bytes[offset + 1] & 0xff) << 8;
    }

    long u32(int offset) {
        return u16(offset) | (long) u16(offset + 2) << 16;
    }

    long u64BigEndian(int offset) {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << 8 | bytes[offset + i] & 0xff;
        }
        return value;
    }

    boolean isZero(int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** The end, after the NUL, of the string that reaches farthest; 0 when none was read. */
    int lastStringEnd() {
        return lastStringEnd;
    }

    /**
     * The string at an offset up to its NUL, or to the end of the message when it has none.
     *
     * @param offset where it begins, in bytes from the start of the message
     * @param least the first offset at which strings may stand
     * @param entry the entry it belongs to, for breaches
     * @param name what it is, for breaches
     */
    String string(int offset, int least, int entry, String name) {
        if (offset < 0 || offset >= bytes.length) {
            breaches.add(Breach.Kind.STRING_OUTSIDE, offset, entry,
                    name + " is said to begin at byte " + offset + ", but the message has " + bytes.length);
            return "";
        }
        if (offset < least) {
            breaches.add(Breach.Kind.STRING_INSIDE_ENTRIES, offset, entry,
                    name + " begins at byte " + offset + ", inside the entries, which end at byte " + least);
        }
        if ((offset & 1) != 0) {
            breaches.add(Breach.Kind.STRING_UNALIGNED, offset, entry, name + " begins at the odd byte " + offset);
        }
        String known = strings.get(offset);
        if (known != null) {
            return known;
        }
        int end = offset;
        while (end + 1 < bytes.length && (bytes[end] != 0 || bytes[end + 1] != 0) && end - offset < textLeft) {
            end += 2;
        }
        textLeft -= end - offset + 2;
        if (textLeft < 0) {
            textLeft = 0;
            breaches.add(Breach.Kind.TOO_MUCH_TEXT, offset, entry,
                    "the strings of this message overlap so often that they stand for"
                    + " more than " + MOST_TEXT_FACTOR + " times its length; this and later ones were not read");
            return "";
        }
        boolean terminated = end + 1 < bytes.length;
        if (!terminated) {
            breaches.add(Breach.Kind.STRING_UNTERMINATED, offset, entry, name + " does not end before the message does");
        }
        String text = decode(offset, end);
        strings.put(offset, text);
        int after = terminated ? end + 2 : bytes.length;
        ends.put(offset, after);
        lastStringEnd = Math.max(lastStringEnd, after);
        return text;
    }

    /** Where the string read at an offset ends, after its NUL; the offset itself when none was read there. */
    int endOf(int offset) {
        return ends.getOrDefault(offset, offset);
    }

    /** Text from one offset to another. Lone surrogates are kept apart so that encoding gives the same bytes. */
    String decode(int from, int to) {
        boolean plain = true;
        for (int i = from + 1; i < to && plain; i += 2) {
            plain = (bytes[i] & 0xf8) != 0xd8;
        }
        if (plain) {
            return new String(bytes, from, (to - from) & ~1, StandardCharsets.UTF_16LE);
        }
        char[] units = new char[(to - from) / 2];
        for (int i = 0; i < units.length; i++) {
            units[i] = (char) u16(from + 2 * i);
        }
        return new String(units);
    }
}
