/**
 * x86 and x64 machine code: where instructions, functions and calls are, and which constants reach a call. Encodings are those of
 * Intel's Software Developer's Manual, volume 2, appendix A (opcode maps), and AMD's manual for XOP.
 *
 * <p>{@link org.poolscope.driver.code.Instruction} knows the length of every instruction, and the meaning of the few that move
 * constants about. {@code objdump} judges it in the tests.
 */
package org.poolscope.driver.code;
