package org.poolscope.driver.code;

import java.util.Arrays;
import org.poolscope.driver.pe.LittleEndian;

/**
 * Tells quickly how long an instruction is, for the four fifths of all instructions of which that is all there is to know when code is mapped, and
 * where the numbers in it stand that may name a place of the image. For the others it says that they want {@linkplain Instruction#decode a full look}: those
 * that change the flow, or carry a number that reads like a tag, and everything rare.
 */
final class QuickLength {

    /** What {@link #of} returns when the instruction wants a full look. */
    static final int LOOK = 0;

    // What an opcode is like. Below 16: bytes of a fixed immediate.
    private static final short FULL = -1;
    private static final int HAS_MODRM = 16;
    private static final int HAS_IMMZ = 32;
    /** Only some of the operations in ModRM, or some of its forms, are plain. */
    private static final int GROUP = 64;
    /** From here on it is no opcode yet. */
    private static final int REX = 128;
    private static final int ESCAPE = 256;
    private static final int PREFIX = 512;

    // What a ModRM byte brings along: bytes of displacement, and:
    private static final int SIB = 8;
    /** An address of its own, relative to the next instruction in 64-bit code. */
    private static final int PLACE = 16;
    private static final byte[] MODRM = modrm();

    private final boolean wide;
    private final boolean relocated;
    private final short[] one;
    private final short[] two;
    private int place;
    private int number;
    private boolean addressOnly;

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

    private static byte[] modrm() {
        byte[] table = new byte[256];
        for (int modrm = 0; modrm < 0xc0; modrm++) {
            int mod = modrm >> 6;
            int low = modrm & 7;
            table[modrm] = (byte) (mod == 0 ? low == 4 ? SIB : low == 5 ? PLACE : 0 : (mod == 1 ? 1 : 4) | (low == 4 ? SIB : 0));
        }
        return table;
    }

    private static short[] oneByte(boolean wide) {
        short[] table = new short[256];
        Arrays.fill(table, FULL);
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
        for (int opcode = 0x40; opcode < 0x50 && wide; opcode++) {
            table[opcode] = REX;
        }
        table[0x0f] = ESCAPE;
        table[0x66] = PREFIX;
        table[0xf2] = PREFIX;
        table[0xf3] = PREFIX;
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
        table[0xc7] = HAS_MODRM | HAS_IMMZ | GROUP;
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

    private static short[] twoByte() {
        short[] table = new short[256];
        Arrays.fill(table, FULL);
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
        if (end - at < Instruction.LONGEST) {
            return LOOK;
        }
        place = 0;
        number = 0;
        int next = at + 1;
        int opcode = code[at] & 0xff;
        int kind = one[opcode];
        boolean narrow = false;
        boolean longOperand = false;
        if (kind >= REX) {
            for (; kind == PREFIX; kind = one[opcode]) {
                narrow |= opcode == 0x66;
                if (next - at > 4) {
                    return LOOK;
                }
                opcode = code[next++] & 0xff;
            }
            if (kind == REX) {
                longOperand = (opcode & 8) != 0;
                opcode = code[next++] & 0xff;
                kind = one[opcode];
            }
            if (kind == ESCAPE) {
                kind = two[code[next++] & 0xff];
            }
            if (kind >= REX) {
                return LOOK;   // only a REX right before the opcode counts
            }
        }
        if (kind < 0) {
            return LOOK;
        }
        int modrm = 0;
        if ((kind & HAS_MODRM) != 0) {
            modrm = code[next++] & 0xff;
            int more = MODRM[modrm];
            if (more >= SIB) {
                if (more == PLACE) {
                    if (!wide && !relocated) {
                        return LOOK;   // it names a place of the image
                    }
                    place = next;
                    addressOnly = opcode == 0x8d;
                    more = 4;
                } else {
                    more -= SIB;
                    if ((code[next++] & 7) == 5 && modrm < 0x40) {
                        if (!wide) {
                            if (!relocated) {
                                return LOOK;
                            }
                            place = next;
                            addressOnly = opcode == 0x8d;
                        }
                        more = 4;
                    }
                }
            }
            next += more;
        }
        int immediate = next;
        next += kind & 7;
        if ((kind & HAS_IMMZ) != 0) {
            boolean shorter = narrow && !longOperand;
            number = shorter ? 0 : next;
            next += shorter ? 2 : 4;
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
        return next - at > Instruction.LONGEST ? LOOK : next - at;
    }

    /**
     * Where the place stands that the memory operand of the instruction last looked at names, if there is one: in 64-bit code as the distance from
     * the end of the instruction, in 32-bit code as its address, with an index added or not; 0 otherwise.
     */
    int place() {
        return place;
    }

    /** Where an immediate of four bytes stands in that instruction; 0 when there is none, or none that this sees. */
    int number() {
        return number;
    }

    /** Whether that instruction takes the address of the place only. */
    boolean takesAddress() {
        return addressOnly;
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
