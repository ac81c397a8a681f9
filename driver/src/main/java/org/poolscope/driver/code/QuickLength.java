package org.poolscope.driver.code;

import org.poolscope.driver.pe.LittleEndian;

/**
 * Tells quickly how long an instruction is, for the four fifths of all instructions of which that is all there is to know when code is mapped. For
 * the others it says that they want {@linkplain Instruction#decode a full look}: those that change the flow, that name a place of the image or carry
 * a number that reads like a tag, and everything rare.
 */
final class QuickLength {

    /** What {@link #of} returns when the instruction wants a full look. */
    static final int LOOK = 0;

    private static final int LONGEST = 15;

    // What an opcode is like. Below 16: bytes of a fixed immediate.
    private static final byte FULL = -1;
    private static final int HAS_MODRM = 16;
    private static final int HAS_IMMZ = 32;
    /** Only some of the operations in ModRM, or some of its forms, are plain. */
    private static final int GROUP = 64;

    private final boolean wide;
    private final boolean relocated;
    private final byte[] one;
    private final byte[] two;

    /**
     * @param wide whether the code is 64-bit
     * @param relocated whether addresses in the code are known from relocations, so that 32-bit operands need not be looked at for them
     */
    QuickLength(boolean wide, boolean relocated) {
        this.wide = wide;
        this.relocated = relocated;
        this.one = oneByte(wide);
        this.two = twoByte();
    }

    private static byte[] oneByte(boolean wide) {
        byte[] table = new byte[256];
        java.util.Arrays.fill(table, FULL);
        for (int base = 0; base < 0x40; base += 8) {
            for (int i = 0; i < 4; i++) {
                table[base + i] = HAS_MODRM;
            }
            table[base + 4] = 1;
            table[base + 5] = HAS_IMMZ;
        }
        for (int opcode = wide ? 0x50 : 0x40; opcode < 0x60; opcode++) {
            table[opcode] = 0;
        }
        table[0x63] = HAS_MODRM;
        table[0x68] = HAS_IMMZ | GROUP;
        table[0x69] = HAS_MODRM | HAS_IMMZ;
        table[0x6a] = 1;
        table[0x6b] = HAS_MODRM | 1;
        table[0x80] = HAS_MODRM | 1;
        table[0x81] = HAS_MODRM | HAS_IMMZ;
        table[0x83] = HAS_MODRM | 1;
        for (int opcode = 0x84; opcode <= 0x8b; opcode++) {
            table[opcode] = HAS_MODRM;
        }
        table[0x8d] = HAS_MODRM | GROUP;
        for (int opcode = 0x90; opcode <= 0x99; opcode++) {
            table[opcode] = 0;
        }
        table[0xa8] = 1;
        table[0xa9] = HAS_IMMZ;
        for (int opcode = 0xb0; opcode < 0xb8; opcode++) {
            table[opcode] = 1;
        }
        for (int opcode = 0xb8; opcode < 0xc0; opcode++) {
            table[opcode] = HAS_IMMZ | GROUP;
        }
        table[0xc0] = HAS_MODRM | 1;
        table[0xc1] = HAS_MODRM | 1;
        table[0xc6] = HAS_MODRM | 1 | GROUP;
        table[0xc7] = (byte) (HAS_MODRM | HAS_IMMZ | GROUP);
        table[0xc9] = 0;
        for (int opcode = 0xd0; opcode < 0xd4; opcode++) {
            table[opcode] = HAS_MODRM;
        }
        for (int opcode = 0xd8; opcode < 0xe0; opcode++) {
            table[opcode] = HAS_MODRM;
        }
        table[0xf6] = HAS_MODRM | GROUP;
        table[0xf7] = HAS_MODRM | GROUP;
        table[0xff] = HAS_MODRM | GROUP;
        return table;
    }

    private static byte[] twoByte() {
        byte[] table = new byte[256];
        java.util.Arrays.fill(table, FULL);
        int[][] plain = {{0x10, 0x17}, {0x1f, 0x1f}, {0x28, 0x2f}, {0x40, 0x4f}, {0x50, 0x6f}, {0x74, 0x76}, {0x7f, 0x7f}, {0x90, 0x9f},
            {0xa3, 0xa3}, {0xab, 0xab}, {0xaf, 0xb1}, {0xb3, 0xb3}, {0xb6, 0xb7}, {0xbb, 0xc1}, {0xd1, 0xfe}};
        for (int[] range : plain) {
            for (int opcode = range[0]; opcode <= range[1]; opcode++) {
                table[opcode] = HAS_MODRM;
            }
        }
        table[0x70] = HAS_MODRM | 1;
        table[0xa4] = HAS_MODRM | 1;
        table[0xac] = HAS_MODRM | 1;
        table[0xc6] = HAS_MODRM | 1;
        return table;
    }

    /**
     * The length in bytes of the instruction at an index, or {@link #LOOK}.
     *
     * @param code the code
     * @param at where it starts
     * @param end where the code ends
     */
    int of(byte[] code, int at, int end) {
        if (end - at < LONGEST) {
            return LOOK;
        }
        int next = at;
        int opcode = code[next++] & 0xff;
        boolean narrow = false;
        while (opcode == 0x66 || opcode == 0xf3 || opcode == 0xf2) {
            narrow |= opcode == 0x66;
            if (next - at > 4) {
                return LOOK;
            }
            opcode = code[next++] & 0xff;
        }
        boolean longOperand = false;
        if (wide && (opcode & 0xf0) == 0x40) {
            longOperand = (opcode & 8) != 0;
            opcode = code[next++] & 0xff;
        }
        int kind = opcode == 0x0f ? two[code[next++] & 0xff] : one[opcode];
        if (kind < 0) {
            return LOOK;
        }
        int modrm = 0;
        if ((kind & HAS_MODRM) != 0) {
            modrm = code[next++] & 0xff;
            int mod = modrm >> 6;
            int low = modrm & 7;
            if (mod != 3) {
                if (low == 4) {
                    int base = code[next++] & 7;
                    if (mod == 0 && base == 5) {
                        if (!wide && !relocated) {
                            return LOOK;
                        }
                        next += 4;
                    }
                } else if (mod == 0 && low == 5) {
                    if (wide || !relocated) {
                        return LOOK;   // it names a place of the image
                    }
                    next += 4;
                }
                next += mod == 1 ? 1 : mod == 2 ? 4 : 0;
            }
        }
        int immediate = next;
        next += kind & 7;
        if ((kind & HAS_IMMZ) != 0) {
            next += narrow && !longOperand ? 2 : 4;
            if (!relocated && !wide) {
                return LOOK;
            }
        }
        if ((kind & GROUP) != 0) {
            int more = group(code, opcode, modrm, immediate, narrow, longOperand);
            if (more < 0) {
                return LOOK;
            }
            next += more;
        }
        return next - at > LONGEST ? LOOK : next - at;
    }

    /** More bytes of an instruction that is only plain in some forms; -1 when it wants a full look. */
    private int group(byte[] code, int opcode, int modrm, int immediate, boolean narrow, boolean longOperand) {
        int which = modrm >> 3 & 7;
        switch (opcode) {
            case 0x8d -> {
                return modrm >= 0xc0 ? -1 : 0;
            }
            case 0xf6 -> {
                return which < 2 ? 1 : 0;
            }
            case 0xf7 -> {
                return which < 2 ? !relocated && !wide ? -1 : narrow && !longOperand ? 2 : 4 : 0;
            }
            case 0xff -> {
                return which < 2 || which == 6 ? 0 : -1;
            }
            case 0xc6 -> {
                return which == 0 ? 0 : -1;
            }
            default -> {
                // push, mov: with a number that may be a tag
                boolean odd = longOperand && opcode != 0xc7 || opcode == 0xc7 && which != 0;
                return odd || TagText.isPlausible(LittleEndian.i32(code, immediate)) ? -1 : 0;
            }
        }
    }
}
