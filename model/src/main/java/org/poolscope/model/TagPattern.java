package org.poolscope.model;

/**
 * A pattern over pool tags as {@code !poolused}, PoolMon and tag databases write it: {@code ?} stands for any one byte, a
 * {@code *} at the end for any number of bytes. Letters match exactly: the kernel's tags are case-sensitive.
 */
public final class TagPattern {

    private final String text;
    private final int mask;
    private final int bits;

    private TagPattern(String text, int mask, int bits) {
        this.text = text;
        this.mask = mask;
        this.bits = bits;
    }

    /**
     * Reads a pattern. One without a wildcard and shorter than four characters is padded with blanks, as a tag is.
     *
     * @throws IllegalArgumentException when it is empty or longer than four bytes, or a {@code *} is not at its end
     */
    public static TagPattern parse(String text) {
        int star = text.indexOf('*');
        if (star >= 0 && star != text.length() - 1) {
            throw new IllegalArgumentException("a * can only end a tag pattern: '" + text + "'");
        }
        String fixed = star < 0 ? text : text.substring(0, star);
        if (fixed.isEmpty()) {
            if (star < 0) {
                throw new IllegalArgumentException("an empty tag pattern");
            }
            return new TagPattern(text, 0, 0);
        }
        PoolTag tag = PoolTag.parse(fixed);
        int length = star < 0 ? 4 : byteLength(fixed);
        int mask = 0;
        for (int i = 0; i < length; i++) {
            if (tag.byteAt(i) != '?') {
                mask |= 0xff << (8 * i);
            }
        }
        return new TagPattern(text, mask & 0x7fff_ffff, tag.key() & mask);
    }

    private static int byteLength(String fixed) {
        int bytes = 0;
        for (int i = 0; i < fixed.length(); i += fixed.startsWith("\\x", i) && i + 4 <= fixed.length() ? 4 : 1) {
            bytes++;
        }
        return bytes;
    }

    /** Whether the pattern covers this tag. */
    public boolean matches(PoolTag tag) {
        return matches(tag.key());
    }

    /** Whether the pattern covers the tag with this key; for loops over millions of blocks. */
    public boolean matches(int key) {
        return (key & mask) == bits;
    }

    /** Whether the pattern names exactly one tag. */
    public boolean isExact() {
        return mask == 0x7fff_ffff;
    }

    /** How many of the four bytes it fixes, 0 to 4: of two patterns that match, the one that fixes more says more. */
    public int fixedBytes() {
        return (Integer.bitCount(mask) + 7) / 8;
    }

    @Override
    public String toString() {
        return text;
    }
}
