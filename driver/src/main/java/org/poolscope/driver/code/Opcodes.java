package org.poolscope.driver.code;

import static org.poolscope.driver.code.Op.*;

/**
 * The opcode maps. A row is an int: bits 0 to 7 how the instruction is encoded, bits 8 to 15 which operands it has and in which
 * order, bits 16 to 23 its {@link Op}. What else it may change stands in a second table.
 */
final class Opcodes {

    // How it is encoded.
    static final int MODRM = 1;
    static final int IMM8 = 2;
    /** 2 or 4 bytes, by operand size. */
    static final int IMMZ = 4;
    /** 2, 4 or 8 bytes, by operand size. */
    static final int IMMV = 8;
    static final int IMM16 = 16;
    /** An address of the code's address size. */
    static final int MOFFS = 32;
    /** A second immediate byte. */
    static final int IMM8B = 64;
    static final int BAD = 128;

    // Which operands it has, first the one that is written.
    static final int NONE = 0;
    static final int RM_R = 1 << 8;
    static final int R_RM = 2 << 8;
    static final int RM_I = 3 << 8;
    static final int RM = 4 << 8;
    /** The register in the opcode's low bits, then an immediate. */
    static final int O_I = 5 << 8;
    static final int O = 6 << 8;
    static final int A_I = 7 << 8;
    static final int A_M = 8 << 8;
    static final int M_A = 9 << 8;
    static final int I = 10 << 8;
    /** A distance from the next instruction. */
    static final int REL = 11 << 8;
    /** A register, a register or memory, and an immediate. */
    static final int R_RM_I = 12 << 8;
    static final int RM_1 = 13 << 8;
    static final int RM_CL = 14 << 8;
    static final int A_O = 15 << 8;
    static final int FORM_MASK = 0x1f00;
    /** The operand is a byte. */
    static final int BYTE = 0x2000;
    /** In 64-bit code the operand is 8 bytes wide without a prefix. */
    static final int WIDE = 0x4000;

    // What an OTHER instruction may change: bits 0 to 15 registers, then:
    static final int WRITES_REG = 1 << 16;
    static final int WRITES_RM = 1 << 17;
    static final int WRITES_MEMORY = 1 << 18;
    static final int WRITES_VVVV = 1 << 19;
    static final int AX = 1;
    static final int CX = 2;
    static final int DX = 4;
    static final int BX = 8;
    static final int SP = 16;
    static final int BP = 32;
    static final int SI = 64;
    static final int DI = 128;

    private static final Op[] OPS = Op.values();

    static final int[] ONE = new int[256];
    static final int[] ONE_EFFECTS = new int[256];
    static final int[] TWO = new int[256];
    static final int[] TWO_EFFECTS = new int[256];

    private Opcodes() {
    }

    static Op op(int row) {
        return OPS[row >> 16];
    }

    private static int row(Op op, int bits) {
        return op.ordinal() << 16 | bits;
    }

    private static void one(int opcode, Op op, int bits) {
        ONE[opcode] = row(op, bits);
    }

    private static void one(int from, int to, Op op, int bits) {
        for (int opcode = from; opcode <= to; opcode++) {
            one(opcode, op, bits);
        }
    }

    private static void two(int opcode, Op op, int bits) {
        TWO[opcode] = row(op, bits);
    }

    private static void two(int from, int to, Op op, int bits) {
        for (int opcode = from; opcode <= to; opcode++) {
            two(opcode, op, bits);
        }
    }

    private static void effects(int[] table, int effect, int... opcodes) {
        for (int opcode : opcodes) {
            table[opcode] = effect;
        }
    }

    static {
        arithmetic();
        oneByte();
        oneByteEffects();
        twoByte();
        twoByteEffects();
    }

    private static void arithmetic() {
        Op[] ops = {ADD, OR, ADC, SBB, AND, SUB, XOR, CMP};
        for (int i = 0; i < 8; i++) {
            int base = i << 3;
            one(base, ops[i], MODRM | RM_R | BYTE);
            one(base + 1, ops[i], MODRM | RM_R);
            one(base + 2, ops[i], MODRM | R_RM | BYTE);
            one(base + 3, ops[i], MODRM | R_RM);
            one(base + 4, ops[i], IMM8 | A_I | BYTE);
            one(base + 5, ops[i], IMMZ | A_I);
            one(base + 6, i < 4 ? PUSH : OTHER, NONE);   // of a segment register; the others are prefixes,
            one(base + 7, i < 4 ? POP : OTHER, NONE);    // and daa and its like
        }
    }

    private static void oneByte() {
        one(0x40, 0x47, INC, O);
        one(0x48, 0x4f, DEC, O);
        one(0x50, 0x57, PUSH, O | WIDE);
        one(0x58, 0x5f, POP, O | WIDE);
        one(0x60, 0x61, OTHER, NONE);
        one(0x62, OTHER, MODRM);
        one(0x63, MOVSX, MODRM | R_RM);
        one(0x68, PUSH, IMMZ | I | WIDE);
        one(0x69, IMUL, MODRM | IMMZ | R_RM_I);
        one(0x6a, PUSH, IMM8 | I | WIDE);
        one(0x6b, IMUL, MODRM | IMM8 | R_RM_I);
        one(0x6c, 0x6f, STRING, NONE);
        one(0x70, 0x7f, JUMP_IF, IMM8 | REL);
        one(0x80, OTHER, MODRM | IMM8 | RM_I | BYTE);
        one(0x81, OTHER, MODRM | IMMZ | RM_I);
        one(0x82, OTHER, MODRM | IMM8 | RM_I | BYTE);
        one(0x83, OTHER, MODRM | IMM8 | RM_I);
        one(0x84, TEST, MODRM | RM_R | BYTE);
        one(0x85, TEST, MODRM | RM_R);
        one(0x86, XCHG, MODRM | RM_R | BYTE);
        one(0x87, XCHG, MODRM | RM_R);
        one(0x88, MOV, MODRM | RM_R | BYTE);
        one(0x89, MOV, MODRM | RM_R);
        one(0x8a, MOV, MODRM | R_RM | BYTE);
        one(0x8b, MOV, MODRM | R_RM);
        one(0x8c, OTHER, MODRM);
        one(0x8d, LEA, MODRM | R_RM);
        one(0x8e, OTHER, MODRM);
        one(0x8f, POP, MODRM | RM | WIDE);
        one(0x90, 0x97, XCHG, A_O);
        one(0x98, 0x99, OTHER, NONE);
        one(0x9a, STOP, IMMZ | IMM16);
        one(0x9b, NOP, NONE);
        one(0x9c, PUSH, NONE | WIDE);
        one(0x9d, POP, NONE | WIDE);
        one(0x9e, 0x9f, OTHER, NONE);
        one(0xa0, MOV, MOFFS | A_M | BYTE);
        one(0xa1, MOV, MOFFS | A_M);
        one(0xa2, MOV, MOFFS | M_A | BYTE);
        one(0xa3, MOV, MOFFS | M_A);
        one(0xa4, 0xa7, STRING, NONE);
        one(0xa8, TEST, IMM8 | A_I | BYTE);
        one(0xa9, TEST, IMMZ | A_I);
        one(0xaa, 0xaf, STRING, NONE);
        one(0xb0, 0xb7, MOV, IMM8 | O_I | BYTE);
        one(0xb8, 0xbf, MOV, IMMV | O_I);
        one(0xc0, OTHER, MODRM | IMM8 | RM_I | BYTE);
        one(0xc1, OTHER, MODRM | IMM8 | RM_I);
        one(0xc2, RETURN, IMM16 | I);
        one(0xc3, RETURN, NONE);
        one(0xc4, 0xc5, OTHER, MODRM);
        one(0xc6, MOV, MODRM | IMM8 | RM_I | BYTE);
        one(0xc7, MOV, MODRM | IMMZ | RM_I);
        one(0xc8, OTHER, IMM16 | IMM8B);
        one(0xc9, LEAVE, NONE);
        one(0xca, RETURN, IMM16 | I);
        one(0xcb, RETURN, NONE);
        one(0xcc, BREAK, NONE);
        one(0xcd, OTHER, IMM8 | I);
        one(0xce, OTHER, NONE);
        one(0xcf, STOP, NONE);
        one(0xd0, OTHER, MODRM | RM_1 | BYTE);
        one(0xd1, OTHER, MODRM | RM_1);
        one(0xd2, OTHER, MODRM | RM_CL | BYTE);
        one(0xd3, OTHER, MODRM | RM_CL);
        one(0xd4, 0xd5, OTHER, IMM8);
        one(0xd6, 0xd7, OTHER, NONE);
        one(0xd8, 0xdf, OTHER, MODRM);
        one(0xe0, 0xe3, JUMP_IF, IMM8 | REL);
        one(0xe4, 0xe7, OTHER, IMM8);
        one(0xe8, CALL, IMMZ | REL);
        one(0xe9, JUMP, IMMZ | REL);
        one(0xea, STOP, IMMZ | IMM16);
        one(0xeb, JUMP, IMM8 | REL);
        one(0xec, 0xef, OTHER, NONE);
        one(0xf1, OTHER, NONE);
        one(0xf4, STOP, NONE);
        one(0xf5, NOP, NONE);
        one(0xf6, OTHER, MODRM | RM | BYTE);
        one(0xf7, OTHER, MODRM | RM);
        one(0xf8, 0xfd, NOP, NONE);
        one(0xfe, OTHER, MODRM | RM | BYTE);
        one(0xff, OTHER, MODRM | RM);
    }

    private static void oneByteEffects() {
        effects(ONE_EFFECTS, AX, 0x27, 0x2f, 0x37, 0x3f, 0xd4, 0xd5, 0xd6, 0xd7, 0x98, 0x9f, 0xe4, 0xe5, 0xec, 0xed);
        effects(ONE_EFFECTS, SP, 0x60);
        effects(ONE_EFFECTS, 0xff, 0x61);
        effects(ONE_EFFECTS, WRITES_RM | WRITES_MEMORY, 0x63, 0x8c);
        effects(ONE_EFFECTS, DX, 0x99);
        effects(ONE_EFFECTS, WRITES_REG, 0xc4, 0xc5);
        effects(ONE_EFFECTS, SP | BP, 0xc8);
        effects(ONE_EFFECTS, WRITES_RM | WRITES_MEMORY, 0xc0, 0xc1, 0xd0, 0xd1, 0xd2, 0xd3);
        effects(ONE_EFFECTS, WRITES_MEMORY, 0xd9, 0xdb, 0xdd);
        effects(ONE_EFFECTS, WRITES_MEMORY | AX, 0xdf);
    }

    private static void twoByte() {
        two(0x00, 0xff, OTHER, MODRM);
        for (int opcode : new int[] {0x04, 0x0a, 0x0c, 0x25, 0x27, 0x36, 0x39, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x7a, 0x7b}) {
            two(opcode, OTHER, BAD);
        }
        for (int opcode : new int[] {0x05, 0x06, 0x07, 0x08, 0x09, 0x0e, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x37, 0x77, 0xa2, 0xaa}) {
            two(opcode, OTHER, NONE);
        }
        two(0x0b, STOP, NONE);
        two(0x0d, NOP, MODRM);
        two(0x0f, OTHER, MODRM | IMM8);
        two(0x18, 0x1f, NOP, MODRM);
        two(0x40, 0x4f, CMOV, MODRM | R_RM);
        two(0x70, 0x73, OTHER, MODRM | IMM8);
        two(0x80, 0x8f, JUMP_IF, IMMZ | REL);
        two(0x90, 0x9f, SET, MODRM | RM | BYTE);
        two(0xa0, PUSH, NONE | WIDE);
        two(0xa1, POP, NONE | WIDE);
        two(0xa3, NOP, MODRM);
        two(0xa4, OTHER, MODRM | IMM8);
        two(0xa8, PUSH, NONE | WIDE);
        two(0xa9, POP, NONE | WIDE);
        two(0xac, OTHER, MODRM | IMM8);
        two(0xaf, IMUL, MODRM | R_RM);
        two(0xb6, MOVZX, MODRM | R_RM);
        two(0xb7, MOVZX, MODRM | R_RM);
        two(0xba, OTHER, MODRM | IMM8);
        two(0xbe, MOVSX, MODRM | R_RM);
        two(0xbf, MOVSX, MODRM | R_RM);
        two(0xc2, OTHER, MODRM | IMM8);
        two(0xc4, 0xc6, OTHER, MODRM | IMM8);
        two(0xc8, 0xcf, BSWAP, O);
    }

    private static void twoByteEffects() {
        effects(TWO_EFFECTS, WRITES_RM | WRITES_MEMORY, 0x00, 0x78, 0x7e, 0xa4, 0xa5, 0xab, 0xac, 0xad, 0xb3, 0xba, 0xbb);
        effects(TWO_EFFECTS, AX | CX | DX | WRITES_RM | WRITES_MEMORY, 0x01);
        effects(TWO_EFFECTS, WRITES_REG, 0x02, 0x03, 0x2c, 0x2d, 0x50, 0xb2, 0xb4, 0xb5, 0xb8, 0xbc, 0xbd, 0xc5, 0xd7);
        effects(TWO_EFFECTS, AX | CX | DX, 0x05, 0x34);
        effects(TWO_EFFECTS, WRITES_MEMORY, 0x11, 0x13, 0x17, 0x29, 0x2b, 0x7f, 0xc3, 0xd6, 0xe7);
        effects(TWO_EFFECTS, WRITES_RM, 0x20, 0x21, 0x24, 0x26);
        effects(TWO_EFFECTS, AX | DX, 0x31, 0x32, 0x33);
        effects(TWO_EFFECTS, AX | BX | CX | DX, 0xa2);
        effects(TWO_EFFECTS, WRITES_RM | WRITES_MEMORY, 0xae);
        effects(TWO_EFFECTS, AX | WRITES_RM | WRITES_MEMORY, 0xb0, 0xb1);
        effects(TWO_EFFECTS, WRITES_REG | WRITES_RM | WRITES_MEMORY, 0xc0, 0xc1);
        effects(TWO_EFFECTS, AX | DX | WRITES_RM | WRITES_MEMORY, 0xc7);
    }
}
