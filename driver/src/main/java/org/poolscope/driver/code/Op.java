package org.poolscope.driver.code;

/** What an instruction does, as far as following constants needs to know. */
enum Op {
    /** Something else; {@link Instruction#effects()} says what it may change. */
    OTHER,
    /** Nothing. */
    NOP,
    MOV,
    /** Copies a narrower value and fills with zeros. */
    MOVZX,
    /** Copies a narrower value and fills with its sign. */
    MOVSX,
    LEA,
    PUSH,
    POP,
    ADD,
    OR,
    ADC,
    SBB,
    AND,
    SUB,
    XOR,
    CMP,
    TEST,
    INC,
    DEC,
    NEG,
    NOT,
    SHL,
    SHR,
    SAR,
    /** Signed multiplication with a destination and one or two sources. */
    IMUL,
    XCHG,
    /** Copies when a condition holds. */
    CMOV,
    /** Sets a byte to 0 or 1. */
    SET,
    BSWAP,
    /** Takes the frame down: stack pointer from frame pointer, then pops that. */
    LEAVE,
    /** Moves strings: {@code movs}, {@code stos} and so on, with or without a repeat prefix. */
    STRING,
    CALL,
    JUMP,
    /** A conditional jump, or a loop. */
    JUMP_IF,
    RETURN,
    /** A breakpoint; also what linkers fill gaps with. */
    BREAK,
    /** Never goes on to the next instruction: {@code ud2}, {@code int 29h}, {@code hlt}, far jumps. */
    STOP
}
