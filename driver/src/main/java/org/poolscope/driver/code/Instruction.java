package org.poolscope.driver.code;

import static org.poolscope.driver.code.Opcodes.*;

import org.poolscope.driver.pe.LittleEndian;

/**
 * One machine instruction, decoded in place: a cursor that is moved over the code and allocates nothing. Not for use by several
 * threads at once.
 *
 * <p>Registers are numbered as the processor does: 0 {@code ax}, 1 {@code cx}, 2 {@code dx}, 3 {@code bx}, 4 {@code sp},
 * 5 {@code bp}, 6 {@code si}, 7 {@code di}, then 8 to 15.
 */
final class Instruction {

    static final int NO_REGISTER = -1;
    /** The base of an operand that is addressed relative to the next instruction. */
    static final int IP = 16;

    /** The most bytes of an instruction. */
    static final int LONGEST = 15;
    /** More than any instruction that saves the processor's state writes. */
    private static final int WIDEST_STATE = 4096;
    private static final Op[] ARITHMETIC = {Op.ADD, Op.OR, Op.ADC, Op.SBB, Op.AND, Op.SUB, Op.XOR, Op.CMP};
    private static final Op[] SHIFTS = {Op.OTHER, Op.OTHER, Op.OTHER, Op.OTHER, Op.SHL, Op.SHR, Op.SHL, Op.SAR};

    private final boolean wide;

    // What the last decode found.
    private int start;
    private int length;
    private Op op;
    private int form;
    private int effects;
    private int width;
    private int narrow;
    private boolean isMemory;
    private int reg;
    private int rm;
    private int base;
    private int index;
    private int scale;
    private int displacement;
    private int displacementOffset;
    private boolean segment;
    private long immediate;
    private int immediateOffset;
    private int immediateSize;
    private int condition;
    private boolean repeated;
    private boolean bytesWithRex;
    private int writeWidth;

    /** @param wide whether the code is 64-bit */
    Instruction(boolean wide) {
        this.wide = wide;
    }

    /**
     * Decodes the instruction at an index.
     *
     * @param code the code
     * @param at where it starts
     * @param end where the code ends
     * @return whether there is a whole, valid one; when not, nothing else here means anything
     */
    boolean decode(byte[] code, int at, int end) {
        start = at;
        int stop = Math.min(end, at + LONGEST);
        int next = at;
        boolean operand16 = false;
        boolean address = false;
        int mandatory = 0;
        int rex = 0;
        segment = false;
        repeated = false;
        int opcode;
        while (true) {
            if (next >= stop) {
                return false;
            }
            opcode = code[next++] & 0xff;
            if (wide && (opcode & 0xf0) == 0x40) {
                rex = opcode;
                continue;
            }
            switch (opcode) {
                case 0x66 -> operand16 = true;
                case 0x67 -> address = true;
                case 0xf2, 0xf3 -> {
                    mandatory = opcode;
                    repeated = true;
                }
                case 0x64, 0x65 -> segment = true;
                case 0x26, 0x2e, 0x36, 0x3e, 0xf0 -> {
                    // segments that are flat, and the lock prefix, change nothing here
                }
                default -> {
                    return body(code, next, stop, opcode, operand16, address, mandatory, rex);
                }
            }
            rex = 0;   // only a REX right before the opcode counts
        }
    }

    private boolean body(byte[] code, int from, int stop, int first, boolean operand16, boolean address, int mandatory, int rexByte) {
        int next = from;
        int opcode = first;
        int rex = rexByte;
        int row;
        boolean twoByte = false;
        boolean vector = false;
        effects = 0;
        condition = 0;
        narrow = 0;
        writeWidth = WIDEST_STATE;
        if (opcode == 0x0f) {
            if (next >= stop) {
                return false;
            }
            opcode = code[next++] & 0xff;
            if (opcode == 0x38 || opcode == 0x3a) {
                boolean immediateByte = opcode == 0x3a;
                if (next >= stop) {
                    return false;
                }
                opcode = code[next++] & 0xff;
                row = MODRM | (immediateByte ? IMM8 : 0);
                effects = immediateByte ? effects3A(opcode) : effects38(opcode, mandatory);
            } else {
                twoByte = true;
                writeWidth = switch (opcode) {
                    case 0x11, 0x29, 0x2b, 0x7f, 0xe7 -> 16;
                    case 0x13, 0x17, 0x7e, 0xc3, 0xd6 -> 8;
                    case 0xae, 0xc7 -> WIDEST_STATE;
                    default -> 16;
                };
                row = TWO[opcode];
                effects = TWO_EFFECTS[opcode];
                if (opcode == 0x78 && (operand16 || mandatory == 0xf2)) {
                    row |= IMM8 | IMM8B;   // extrq and insertq of SSE4a
                    effects = 0;
                } else if (opcode == 0x7e && mandatory == 0xf3 || opcode == 0xae && mandatory != 0xf3) {
                    effects &= ~WRITES_RM;
                }
            }
        } else if (isVector(code, next, stop, opcode)) {
            int prefix = opcode;
            int payload = code[next] & 0xff;
            int map = switch (prefix) {
                case 0xc5 -> 1;
                case 0x62 -> payload & 7;
                default -> payload & 0x1f;
            };
            int prefixBytes = prefix == 0xc5 ? 1 : prefix == 0x62 ? 3 : 2;
            if (next + prefixBytes >= stop) {
                return false;
            }
            int kind = switch (prefix) {
                case 0xc5 -> payload & 3;
                default -> code[next + 1] & 3;
            };
            boolean w = prefix != 0xc5 && (code[next + 1] & 0x80) != 0;
            rex = 0x40 | (w ? 8 : 0) | (~payload >> 5 & 4);
            if (prefix != 0xc5) {
                rex |= ~payload >> 5 & 3;
            }
            if (!wide) {
                rex = 0;
            }
            next += prefixBytes;
            opcode = code[next++] & 0xff;
            vector = true;
            writeWidth = 64;
            row = vectorRow(prefix, map, opcode);
            effects = vectorEffects(prefix, map, opcode, kind);
        } else {
            row = ONE[opcode];
            effects = ONE_EFFECTS[opcode];
            writeWidth = opcode >= 0xd8 && opcode <= 0xdf ? 112 : 16;
            if (wide && isInvalidInWide(opcode)) {
                return false;
            }
            if (wide && opcode >= 0x40 && opcode < 0x50) {
                return false;
            }
        }
        if ((row & BAD) != 0) {
            return false;
        }
        op = Opcodes.op(row);
        form = row & FORM_MASK;
        boolean bytes = (row & BYTE) != 0;
        boolean rexW = (rex & 8) != 0;
        bytesWithRex = rex != 0;
        if (bytes) {
            width = 1;
        } else if (wide) {
            width = rexW ? 8 : operand16 ? 2 : (row & WIDE) != 0 ? 8 : 4;
        } else {
            width = operand16 ? 2 : 4;
        }
        isMemory = false;
        reg = NO_REGISTER;
        rm = NO_REGISTER;
        if ((row & MODRM) != 0) {
            if (next >= stop) {
                return false;
            }
            int modrm = code[next++] & 0xff;
            reg = modrm >> 3 & 7 | rex << 1 & 8;
            int mod = modrm >> 6;
            boolean control = twoByte && opcode >= 0x20 && opcode <= 0x26;
            if (mod == 3 || control) {
                rm = modrm & 7 | rex << 3 & 8;
            } else {
                next = memory(code, next, stop, mod, modrm & 7, rex, address);
                if (next < 0) {
                    return false;
                }
            }
            if (!vector && !group(opcode, twoByte, modrm, row)) {
                return false;
            }
            row = addedImmediate(row, opcode, twoByte, vector, modrm);
        } else if (form == O || form == O_I || form == A_O) {
            reg = opcode & 7 | rex << 3 & 8;
            if (form == A_O && reg == 0) {
                op = Op.NOP;
            }
        }
        if (op == Op.JUMP_IF) {
            condition = opcode & 15;
            if (!twoByte && opcode >= 0xe0) {
                condition = -1;
                effects = CX;
            }
        } else if (op == Op.CMOV || op == Op.SET) {
            condition = opcode & 15;
        } else if (op == Op.MOVZX || op == Op.MOVSX) {
            narrow = opcode == 0x63 ? 4 : (opcode & 1) == 0 ? 1 : 2;
            if (opcode == 0x63 && !wide && !twoByte) {
                op = Op.OTHER;   // arpl
            }
        }
        next = immediates(code, next, stop, row, opcode, operand16, address, rexW);
        if (next < 0) {
            return false;
        }
        length = next - start;
        if (op == Op.OTHER && form == I && !twoByte && opcode == 0xcd && immediate == 0x29) {
            op = Op.STOP;   // __fastfail
        }
        if (op == Op.STRING) {
            stringOperand(opcode, rexW, operand16);
        }
        return true;
    }

    private boolean isVector(byte[] code, int next, int stop, int opcode) {
        if (opcode != 0xc4 && opcode != 0xc5 && opcode != 0x62 && opcode != 0x8f) {
            return false;
        }
        if (next >= stop) {
            return false;
        }
        int payload = code[next] & 0xff;
        if (opcode == 0x8f) {
            return (payload & 0x1f) >= 8;
        }
        return wide || (payload & 0xc0) == 0xc0;
    }

    private static boolean isInvalidInWide(int opcode) {
        return switch (opcode) {
            case 0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27, 0x2f, 0x37, 0x3f, 0x60, 0x61, 0x62, 0x82, 0x9a, 0xc4, 0xc5, 0xce,
                    0xd4, 0xd5, 0xd6, 0xea -> true;
            default -> false;
        };
    }

    private static int vectorRow(int prefix, int map, int opcode) {
        if (prefix == 0x8f) {
            return MODRM | (map == 8 ? IMM8 : map == 10 ? IMMZ : map == 9 ? 0 : BAD);
        }
        return switch (map) {
            case 1 -> opcode == 0x77 && prefix != 0x62 ? 0
                    : MODRM | (opcode >= 0x70 && opcode <= 0x73 || opcode == 0xc2 || opcode >= 0xc4 && opcode <= 0xc6 ? IMM8 : 0);
            case 2 -> MODRM;
            case 3 -> MODRM | IMM8;
            case 5, 6 -> prefix == 0x62 ? MODRM : BAD;
            default -> BAD;
        };
    }

    /** Vector instructions that write general registers are few; all may write memory as far as is known here. */
    private static int vectorEffects(int prefix, int map, int opcode, int kind) {
        if (prefix == 0x8f) {
            return WRITES_REG | WRITES_VVVV | WRITES_MEMORY;
        }
        if (map == 1) {
            int known = TWO_EFFECTS[opcode] & (WRITES_REG | WRITES_RM | WRITES_MEMORY);
            if (opcode == 0x7e && kind == 2 || opcode == 0xae) {
                known &= ~WRITES_RM;
            }
            if (prefix == 0x62 && (opcode == 0x78 || opcode == 0x79)) {
                known = WRITES_REG;
            }
            return opcode >= 0x90 && opcode <= 0x93 ? WRITES_REG | WRITES_MEMORY : known;
        }
        if (map == 2) {
            return opcode >= 0xf0 ? WRITES_REG | WRITES_VVVV | WRITES_MEMORY : WRITES_MEMORY;
        }
        return opcode == 0xf0 ? WRITES_REG : effects3A(opcode) | WRITES_MEMORY;
    }

    private static int effects38(int opcode, int mandatory) {
        return switch (opcode) {
            case 0xf0, 0xf1 -> WRITES_REG | (mandatory == 0xf2 ? 0 : WRITES_MEMORY);
            case 0xf5, 0xf6, 0xf9, 0xf8 -> WRITES_REG | WRITES_MEMORY;
            default -> 0;
        };
    }

    private static int effects3A(int opcode) {
        return opcode >= 0x14 && opcode <= 0x17 ? WRITES_RM | WRITES_MEMORY : opcode >= 0x60 && opcode <= 0x63 ? CX : 0;
    }

    /** Reads the memory operand after the ModRM byte; -1 when it is cut short. */
    private int memory(byte[] code, int from, int stop, int mod, int low, int rex, boolean address) {
        isMemory = true;
        displacement = 0;
        displacementOffset = -1;
        scale = 1;
        index = NO_REGISTER;
        int next = from;
        if (address && !wide) {
            return memory16(next, stop, mod, low);
        }
        segment |= address;   // 32-bit addresses in 64-bit code: not followed
        int size = mod == 1 ? 1 : mod == 2 ? 4 : 0;
        base = low | rex << 3 & 8;
        if (low == 4) {
            if (next >= stop) {
                return -1;
            }
            int sib = code[next++] & 0xff;
            int indexed = sib >> 3 & 7 | rex << 2 & 8;
            index = indexed == 4 ? NO_REGISTER : indexed;
            scale = 1 << (sib >> 6);
            base = sib & 7 | rex << 3 & 8;
            if ((sib & 7) == 5 && mod == 0) {
                base = NO_REGISTER;
                size = 4;
            }
        } else if (low == 5 && mod == 0) {
            base = wide ? IP : NO_REGISTER;
            size = 4;
        }
        if (next + size > stop) {
            return -1;
        }
        if (size == 1) {
            displacement = code[next];
        } else if (size == 4) {
            displacementOffset = next - start;
            displacement = LittleEndian.i32(code, next);
        }
        return next + size;
    }

    private int memory16(int next, int stop, int mod, int low) {
        int size = mod == 1 ? 1 : mod == 2 || low == 6 ? 2 : 0;
        base = NO_REGISTER;
        segment = true;   // 16-bit addresses reach nothing in the kernel: never followed
        if (next + size > stop) {
            return -1;
        }
        return next + size;
    }

    /** Resolves the opcodes whose operation stands in the ModRM byte; false when that one does not exist. */
    private boolean group(int opcode, boolean twoByte, int modrm, int row) {
        int which = modrm >> 3 & 7;
        if (twoByte) {
            if (opcode == 0xba) {
                effects = which == 4 ? 0 : effects;
                return which >= 4;
            }
            return opcode != 0xb8 || repeated;
        }
        if ((row >> 16) != Op.OTHER.ordinal() && opcode != 0xc6 && opcode != 0xc7 && opcode != 0x8f) {
            return opcode != 0x8d || isMemory;
        }
        switch (opcode) {
            case 0x80, 0x81, 0x82, 0x83 -> op = ARITHMETIC[which];
            case 0xc0, 0xc1, 0xd0, 0xd1, 0xd2, 0xd3 -> op = SHIFTS[which];
            case 0xc4, 0xc5, 0x62 -> {
                return isMemory;
            }
            case 0x8f -> {
                return which == 0;
            }
            case 0xc6, 0xc7 -> {
                if (which == 7 && modrm == 0xf8) {
                    op = opcode == 0xc7 ? Op.JUMP_IF : Op.OTHER;   // xbegin, xabort
                    form = opcode == 0xc7 ? REL : NONE;
                    rm = NO_REGISTER;
                    return true;
                }
                return which == 0;
            }
            case 0xf6, 0xf7 -> group3(which);
            case 0xfe -> {
                op = which == 0 ? Op.INC : Op.DEC;
                return which < 2;
            }
            case 0xff -> {
                return group5(which);
            }
            default -> {
                // no group
            }
        }
        return true;
    }

    private void group3(int which) {
        switch (which) {
            case 0, 1 -> {
                op = Op.TEST;
                form = RM_I;
            }
            case 2 -> op = Op.NOT;
            case 3 -> op = Op.NEG;
            default -> {
                op = Op.OTHER;
                effects = AX | DX;
            }
        }
    }

    private boolean group5(int which) {
        switch (which) {
            case 0 -> op = Op.INC;
            case 1 -> op = Op.DEC;
            case 2 -> {
                op = Op.CALL;
                width = wide ? 8 : width;
            }
            case 3 -> {
                op = Op.OTHER;
                effects = AX | CX | DX;
                return isMemory;
            }
            case 4 -> {
                op = Op.JUMP;
                width = wide ? 8 : width;
            }
            case 5 -> {
                op = Op.STOP;
                return isMemory;
            }
            case 6 -> {
                op = Op.PUSH;
                width = wide && width == 4 ? 8 : width;
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static int addedImmediate(int row, int opcode, boolean twoByte, boolean vector, int modrm) {
        if (twoByte || vector) {
            return row;
        }
        boolean test = (opcode == 0xf6 || opcode == 0xf7) && (modrm >> 3 & 7) < 2;
        return !test ? row : row | (opcode == 0xf6 ? IMM8 : IMMZ);
    }

    private int immediates(byte[] code, int from, int stop, int row, int opcode, boolean operand16, boolean address, boolean rexW) {
        int next = from;
        immediate = 0;
        immediateSize = 0;
        immediateOffset = next - start;
        if ((row & MOFFS) != 0) {
            int size = wide ? address ? 4 : 8 : address ? 2 : 4;
            if (next + size > stop) {
                return -1;
            }
            isMemory = true;
            base = NO_REGISTER;
            index = NO_REGISTER;
            scale = 1;
            displacementOffset = size == 4 ? next - start : -1;
            if (size == 4) {
                displacement = LittleEndian.i32(code, next);
            } else {
                displacement = 0;
                segment = true;   // a full 64-bit or a 16-bit address: not followed
            }
            return next + size;
        }
        int size = 0;
        if ((row & IMM8) != 0) {
            size = 1;
        } else if ((row & IMM16) != 0 && (row & IMMZ) == 0) {
            size = 2;
        } else if ((row & IMMZ) != 0) {
            boolean branch = (row & FORM_MASK) == REL;
            size = operand16 && !(branch && wide) && !rexW ? 2 : 4;
        } else if ((row & IMMV) != 0) {
            size = rexW ? 8 : operand16 ? 2 : 4;
        }
        int more = ((row & IMM8B) != 0 ? 1 : 0) + ((row & (IMM16 | IMMZ)) == (IMM16 | IMMZ) ? 2 : 0);
        if (next + size + more > stop) {
            return -1;
        }
        immediateSize = size;
        immediate = switch (size) {
            case 1 -> code[next];
            case 2 -> (short) LittleEndian.u16(code, next);
            case 4 -> LittleEndian.i32(code, next);
            case 8 -> LittleEndian.i64(code, next);
            default -> 0;
        };
        if (op == Op.RETURN) {
            immediate &= 0xffff;
        }
        return next + size + more;
    }

    private void stringOperand(int opcode, boolean rexW, boolean operand16) {
        width = (opcode & 1) == 0 ? 1 : rexW ? 8 : operand16 ? 2 : 4;
        effects = switch (opcode & 0xfe) {
            case 0x6c -> DI | WRITES_MEMORY;
            case 0x6e -> SI;
            case 0xa4 -> SI | DI | WRITES_MEMORY;
            case 0xa6 -> SI | DI;
            case 0xaa -> DI | WRITES_MEMORY;
            case 0xac -> SI | AX;
            default -> DI;
        };
        if (repeated) {
            effects |= CX;
        }
    }

    /** Where it starts in the code. */
    int start() {
        return start;
    }

    /** Its bytes. */
    int length() {
        return length;
    }

    Op op() {
        return op;
    }

    /** Its operands: one of the constants of {@link Opcodes}. */
    int form() {
        return form;
    }

    /** What it may change beyond its written operand: constants of {@link Opcodes}. */
    int effects() {
        return effects;
    }

    /** The most bytes of memory an {@link Op#OTHER} instruction writes. */
    int writeWidth() {
        return writeWidth;
    }

    /** Bytes of the operand that is written: 1, 2, 4 or 8. */
    int width() {
        return width;
    }

    /** Bytes of the source of a {@link Op#MOVZX} or {@link Op#MOVSX}. */
    int narrow() {
        return narrow;
    }

    /** Whether one operand is in memory. */
    boolean isMemory() {
        return isMemory;
    }

    /** The register operand of ModRM or of the opcode. */
    int reg() {
        return reg;
    }

    /** The other operand when it is a register. */
    int rm() {
        return rm;
    }

    /** The base register of the memory operand, {@link #IP}, or {@link #NO_REGISTER}. */
    int base() {
        return base;
    }

    /** The index register of the memory operand, or {@link #NO_REGISTER}. */
    int index() {
        return index;
    }

    /** What the index is multiplied with. */
    int scale() {
        return scale;
    }

    /** The displacement of the memory operand. */
    int displacement() {
        return displacement;
    }

    /** Where a 4-byte displacement stands in the instruction; -1 when there is none. */
    int displacementOffset() {
        return displacementOffset;
    }

    /** Whether the memory operand is in a segment that is not flat, or is addressed in a way that is not followed. */
    boolean isSegmented() {
        return segment;
    }

    /** The immediate, sign-extended; 0 when there is none. */
    long immediate() {
        return immediate;
    }

    /** Where the immediate stands in the instruction. */
    int immediateOffset() {
        return immediateOffset;
    }

    /** Bytes of the immediate; 0 when there is none. */
    int immediateSize() {
        return immediateSize;
    }

    /** The condition's number as in the opcode (4 equal, 5 not equal, 7 above …); -1 for loops. */
    int condition() {
        return condition;
    }

    /** Whether a repeat prefix stands before it. */
    boolean isRepeated() {
        return repeated;
    }

    /** The registers it may write, as bits; the stack pointer is left out. */
    int writtenRegisters() {
        int written = 0;
        switch (op) {
            case NOP, CMP, TEST, PUSH, CALL, JUMP, RETURN, BREAK, STOP -> {
                return 0;
            }
            case OTHER, STRING, JUMP_IF -> {
                written = effects & 0xffff;
                written |= (effects & WRITES_REG) != 0 ? bit(reg) : 0;
                written |= (effects & WRITES_RM) != 0 ? bit(rm) : 0;
                written |= (effects & WRITES_VVVV) != 0 ? 0xffff : 0;
            }
            case LEAVE -> written = BP;
            case XCHG -> written = bit(holder(reg, width)) | (form == A_O ? AX : bit(rm < 0 ? rm : holder(rm, width)));
            default -> written = switch (form) {
                case R_RM, O, O_I, R_RM_I -> bit(holder(reg, width));
                case A_I, A_M -> AX;
                case M_A, NONE -> 0;
                default -> bit(rm < 0 ? rm : holder(rm, width));
            };
        }
        return written & ~SP;
    }

    private static int bit(int register) {
        return register < 0 ? 0 : 1 << (register & 15);
    }

    /** The whole register an operand of {@code bytes} bytes lies in: {@code ah} to {@code bh} lie in the first four. */
    int holder(int register, int bytes) {
        return isHighByte(register, bytes) ? register - 4 : register;
    }

    /** Whether an operand of {@code bytes} bytes is the second byte of its register, which a REX prefix rules out. */
    boolean isHighByte(int register, int bytes) {
        return bytes == 1 && !bytesWithRex && register >= 4 && register < 8;
    }
}
