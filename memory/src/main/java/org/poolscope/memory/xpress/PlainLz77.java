package org.poolscope.memory.xpress;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Unpacks Plain LZ77 ([MS-XCA] 2.4): words of 32 flags, the highest first, each followed by what they tell: a literal byte, or a
 * match of 13 bits of offset and 3 of length, with lengths that do not fit in half a byte, a byte, two or four bytes behind it.
 */
public final class PlainLz77 {

    static final VarHandle U16 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle U32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int SHORTEST = 3;

    private PlainLz77() {
    }

    /**
     * Unpacks exactly so many bytes.
     *
     * @param packed holds the packed bytes, from its beginning on
     * @param length how many of them there are
     * @param into where to write, from its beginning on; what is behind {@code size} is left alone
     * @param size how many bytes shall come out
     * @return how many packed bytes that took, or -1 when so many do not come out: damage, or another size
     */
    public static int unpack(byte[] packed, int length, byte[] into, int size) {
        int from = 0;
        int to = 0;
        int flags = 0;
        int flagsLeft = 0;
        int halfByteAt = -1;
        while (to < size) {
            if (flagsLeft == 0) {
                if (from > length - Integer.BYTES) {
                    return -1;
                }
                flags = (int) U32.get(packed, from);
                flagsLeft = Integer.SIZE;
                from += Integer.BYTES;
            }
            flagsLeft--;
            if ((flags >>> flagsLeft & 1) == 0) {
                if (from >= length) {
                    return -1;
                }
                into[to++] = packed[from++];
                continue;
            }
            if (from > length - Short.BYTES) {
                return -1;
            }
            int match = (short) U16.get(packed, from) & 0xffff;
            from += Short.BYTES;
            int back = (match >>> 3) + 1;
            long bytes = match & 7;
            if (bytes == 7) {
                if (halfByteAt < 0) {
                    if (from >= length) {
                        return -1;
                    }
                    halfByteAt = from;
                    bytes = packed[from++] & 15;
                } else {
                    bytes = packed[halfByteAt] >>> 4 & 15;
                    halfByteAt = -1;
                }
                if (bytes == 15) {
                    if (from >= length) {
                        return -1;
                    }
                    bytes = packed[from++] & 0xff;
                    if (bytes == 255) {
                        int width = longWidth(packed, from, length);
                        if (width == 0) {
                            return -1;
                        }
                        bytes = longValue(packed, from, width);
                        from += width;
                        if (bytes < 15 + 7) {
                            return -1;
                        }
                        bytes -= 15 + 7;
                    }
                    bytes += 15;
                }
                bytes += 7;
            }
            bytes += SHORTEST;
            if (back > to || bytes > size - to) {
                return -1;
            }
            to = copy(into, to, back, (int) bytes);
        }
        return from;
    }

    /** How many bytes a long length takes at a place: two, or six when these two are zero; 0 when they are not all there. */
    static int longWidth(byte[] packed, int at, int length) {
        if (at > length - Short.BYTES) {
            return 0;
        }
        if ((short) U16.get(packed, at) != 0) {
            return Short.BYTES;
        }
        return at > length - Short.BYTES - Integer.BYTES ? 0 : Short.BYTES + Integer.BYTES;
    }

    /** A long length that takes so many bytes. */
    static long longValue(byte[] packed, int at, int width) {
        return width == Short.BYTES ? (short) U16.get(packed, at) & 0xffff
                : Integer.toUnsignedLong((int) U32.get(packed, at + Short.BYTES));
    }

    /** Repeats what stands a distance back, byte after byte; returns where it ends. */
    static int copy(byte[] into, int to, int back, int bytes) {
        if (back >= bytes) {
            System.arraycopy(into, to - back, into, to, bytes);
        } else {
            for (int i = to; i < to + bytes; i++) {
                into[i] = into[i - back];
            }
        }
        return to + bytes;
    }
}
