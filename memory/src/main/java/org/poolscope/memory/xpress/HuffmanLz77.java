package org.poolscope.memory.xpress;

import java.util.Arrays;

/**
 * Unpacks LZ77 with Huffman codes ([MS-XCA] 2.2): for each 64 KB that come out, the lengths of 512 codes in half a byte each, then a
 * stream of codes in little-endian words of 16 bits, the highest bit first. Codes below 256 are bytes; the others are matches, with
 * four bits of length and the number of bits of offset that follow. Bytes of long lengths stand between the words, where the reader
 * of the words has come to, which is always two words ahead.
 *
 * <p>Holds a table of 64 KB; not for several threads at once.
 */
public final class HuffmanLz77 {

    /** What one table of codes is for. */
    private static final int CHUNK = 1 << 16;
    private static final int CODES = 512;
    private static final int LENGTHS = CODES / 2;
    private static final int LONGEST_CODE = 15;
    private static final int TABLE = 1 << LONGEST_CODE;
    private static final int FIRST_MATCH = 256;
    private static final int SHORTEST = 3;

    /** The reader of words is so far ahead that it may ask for words behind the end, which Windows does not always write. */
    private static final int AHEAD = 4;

    /** By the next 15 bits: the code, and how many of the bits are its. */
    private final short[] table = new short[TABLE];

    private int from;
    private int to;

    /**
     * Unpacks exactly so many bytes.
     *
     * @param packed holds the packed bytes, from its beginning on
     * @param length how many of them there are
     * @param into where to write, from its beginning on; what is behind {@code size} is left alone
     * @param size how many bytes shall come out
     * @return how many packed bytes that took, or -1 when so many do not come out: damage, or another size
     */
    public int unpack(byte[] packed, int length, byte[] into, int size) {
        from = 0;
        to = 0;
        while (to < size) {
            if (from > length - LENGTHS || !readCodes(packed)
                    || !chunk(packed, length, into, (int) Math.min(size, (long) to + CHUNK), size)) {
                return -1;
            }
        }
        return Math.min(from, length);
    }

    /** Fills the table from the lengths of the codes; says whether they leave no gap and do not overlap. */
    private boolean readCodes(byte[] packed) {
        int filled = 0;
        for (int bits = 1; bits <= LONGEST_CODE; bits++) {
            int places = TABLE >>> bits;
            for (int code = 0; code < CODES; code++) {
                int two = packed[from + code / 2];
                if ((code % 2 == 0 ? two & 15 : two >>> 4 & 15) == bits) {
                    if (filled > TABLE - places) {
                        return false;
                    }
                    Arrays.fill(table, filled, filled + places, (short) (code << 4 | bits));
                    filled += places;
                }
            }
        }
        from += LENGTHS;
        return filled == TABLE;
    }

    /** Unpacks to the end of the chunk, or, where a match crosses it, to the end of that match. */
    private boolean chunk(byte[] packed, int length, byte[] into, int end, int size) {
        int bits = word(packed, length) << Short.SIZE;
        bits |= word(packed, length);
        int spare = Short.SIZE;
        while (to < end) {
            int entry = table[bits >>> Integer.SIZE - LONGEST_CODE];
            int code = entry >>> 4 & CODES - 1;
            int used = entry & 15;
            bits <<= used;
            spare -= used;
            if (spare < 0) {
                bits |= word(packed, length) << -spare;
                spare += Short.SIZE;
            }
            if (code < FIRST_MATCH) {
                into[to++] = (byte) code;
                continue;
            }
            long bytes = code & 15;
            if (bytes == 15) {
                if (from >= length) {
                    return false;
                }
                bytes = packed[from++] & 0xff;
                if (bytes == 255) {
                    int width = PlainLz77.longWidth(packed, from, length);
                    if (width == 0) {
                        return false;
                    }
                    bytes = PlainLz77.longValue(packed, from, width);
                    from += width;
                    if (bytes < 15) {
                        return false;
                    }
                } else {
                    bytes += 15;
                }
            }
            bytes += SHORTEST;
            int offsetBits = code >>> 4 & 15;
            // In two steps, because Java shifts by 32 - 0 bits not at all.
            int back = (1 << offsetBits) + (bits >>> 1 >>> Integer.SIZE - 1 - offsetBits);
            bits <<= offsetBits;
            spare -= offsetBits;
            if (spare < 0) {
                bits |= word(packed, length) << -spare;
                spare += Short.SIZE;
            }
            if (back > to || bytes > size - to || from > length + AHEAD) {
                return false;
            }
            to = PlainLz77.copy(into, to, back, (int) bytes);
        }
        return from <= length + AHEAD;
    }

    /** The next word, zero behind the end. */
    private int word(byte[] packed, int length) {
        int word = from <= length - Short.BYTES ? (short) PlainLz77.U16.get(packed, from) & 0xffff : 0;
        from += Short.BYTES;
        return word;
    }
}
