package org.poolscope.model;

/**
 * A pool tag: the four bytes a driver gives with each allocation.
 *
 * <p>The kernel keeps it as a little-endian 32-bit number, so the tag written {@code 'Mup '} in a listing is the bytes
 * {@code 4d 75 70 20} in memory and the number {@code 0x2070754d}. Bit 31 of the number marks a <em>protected</em> tag
 * (a free must name the same tag); it is not part of the name and is dropped here.
 *
 * @param key the four bytes as a little-endian number, without the protected bit
 */
public record PoolTag(int key) implements Comparable<PoolTag> {

    private static final int PROTECTED_BIT = 0x8000_0000;

    public PoolTag {
        key &= ~PROTECTED_BIT;
    }

    /**
     * Reads a tag as people and listings write it: four characters, or fewer when trailing blanks were dropped, with
     * {@code \xNN} for a byte that is not printable.
     *
     * @throws IllegalArgumentException when the text is empty, does not fit four bytes, or holds a character above U+00FF
     */
    public static PoolTag parse(String text) {
        int key = 0;
        int bytes = 0;
        int i = 0;
        while (i < text.length()) {
            if (bytes == 4) {
                throw new IllegalArgumentException("a pool tag has four bytes: '" + text + "'");
            }
            int value;
            if (isEscape(text, i)) {
                value = Integer.parseInt(text, i + 2, i + 4, 16);
                i += 4;
            } else {
                value = text.charAt(i++);
                if (value > 0xff) {
                    throw new IllegalArgumentException("not a byte in pool tag '" + text + "'");
                }
            }
            key |= value << (8 * bytes++);
        }
        if (bytes == 0) {
            throw new IllegalArgumentException("an empty pool tag");
        }
        while (bytes < 4) {
            key |= ' ' << (8 * bytes++);
        }
        return new PoolTag(key);
    }

    private static boolean isEscape(String text, int at) {
        return text.startsWith("\\x", at) && at + 4 <= text.length()
                && Character.digit(text.charAt(at + 2), 16) >= 0 && Character.digit(text.charAt(at + 3), 16) >= 0;
    }

    /** The byte at {@code index} (0 to 3, in memory order), as 0 to 255. */
    public int byteAt(int index) {
        return key >>> (8 * index) & 0xff;
    }

    /** Whether all four bytes are printable ASCII, as nearly every real tag is. */
    public boolean isPrintable() {
        for (int i = 0; i < 4; i++) {
            if (!isPrintable(byteAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPrintable(int value) {
        return value >= 0x20 && value < 0x7f;
    }

    /** Written out, as {@link #hashCode} is: what the compiler makes for records is linked at the first use, which takes a short command milliseconds. */
    @Override
    public boolean equals(Object other) {
        return other instanceof PoolTag tag && tag.key == key;
    }

    @Override
    public int hashCode() {
        return key;
    }

    /** The four characters, blanks included; bytes outside printable ASCII as {@code \xNN} in lower-case hex. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(4);
        for (int i = 0; i < 4; i++) {
            int value = byteAt(i);
            if (isPrintable(value)) {
                text.append((char) value);
            } else {
                text.append("\\x").append(Character.forDigit(value >> 4, 16)).append(Character.forDigit(value & 15, 16));
            }
        }
        return text.toString();
    }

    /** Orders tags byte by byte, as the debugger's {@code !poolused} does when it sorts by tag. */
    @Override
    public int compareTo(PoolTag other) {
        return Integer.compareUnsigned(Integer.reverseBytes(key), Integer.reverseBytes(other.key));
    }
}
