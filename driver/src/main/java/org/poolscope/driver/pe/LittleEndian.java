package org.poolscope.driver.pe;

/**
 * Numbers in a byte array, least significant byte first. The caller has checked the bounds. Put together byte by byte: most of a scan is over
 * before a compiler that would make one load of a view's handle gets to it.
 */
public final class LittleEndian {

    private LittleEndian() {
    }

    /** Two bytes as 0 to 65535. */
    public static int u16(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8;
    }

    /** Four bytes as a signed number. */
    public static int i32(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16 | bytes[at + 3] << 24;
    }

    /** Four bytes as 0 to 2^32 - 1. */
    public static long u32(byte[] bytes, int at) {
        return i32(bytes, at) & 0xffff_ffffL;
    }

    /** Eight bytes. */
    public static long i64(byte[] bytes, int at) {
        return u32(bytes, at) | (long) i32(bytes, at + 4) << 32;
    }

    /** Writes four bytes. */
    public static void put32(byte[] bytes, int at, int value) {
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[at + i] = (byte) (value >>> 8 * i);
        }
    }

    /** Writes eight bytes. */
    public static void put64(byte[] bytes, int at, long value) {
        put32(bytes, at, (int) value);
        put32(bytes, at + Integer.BYTES, (int) (value >>> 32));
    }
}
