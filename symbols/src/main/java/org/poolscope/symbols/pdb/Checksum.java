package org.poolscope.symbols.pdb;

/** CRC-32 as the linker computes it over type records: the usual polynomial, begun at 0 and not inverted at the end. */
final class Checksum {

    private static final int POLYNOMIAL = 0xedb8_8320;
    private static final int[] TABLE = new int[256];

    static {
        for (int i = 0; i < TABLE.length; i++) {
            int value = i;
            for (int bit = 0; bit < 8; bit++) {
                value = (value & 1) != 0 ? value >>> 1 ^ POLYNOMIAL : value >>> 1;
            }
            TABLE[i] = value;
        }
    }

    private Checksum() {
    }

    static long of(byte[] bytes, int from, int length) {
        int sum = 0;
        for (int i = from; i < from + length; i++) {
            sum = sum >>> 8 ^ TABLE[(sum ^ bytes[i]) & 0xff];
        }
        return Integer.toUnsignedLong(sum);
    }
}
