package org.poolscope.driver.code;

import static org.poolscope.driver.code.Opcodes.*;

import java.util.Locale;
import java.util.Optional;

/** Writes an instruction as {@code objdump -M intel} does, for the operations whose operands the analysis uses. */
final class IntelText {

    private static final String[] WORDS = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
    private static final String[] LOW = {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"};
    private static final String[] HIGH = {"ah", "ch", "dh", "bh"};
    private static final String[] CONDITIONS = {"o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"};

    private IntelText() {
    }

    /** The text; empty for operations that are not compared. */
    static Optional<String> of(Instruction i, boolean wide, long address) {
        String name = switch (i.op()) {
            case OTHER, NOP, STRING, STOP, BREAK -> null;
            case JUMP_IF -> i.condition() < 0 ? null : "j" + CONDITIONS[i.condition()];
            case CMOV -> "cmov" + CONDITIONS[i.condition()];
            case SET -> "set" + CONDITIONS[i.condition()];
            case JUMP -> "jmp";
            case RETURN -> "ret";
            case MOVSX -> i.narrow() == 4 ? "movsxd" : "movsx";
            case MOV -> i.form() == O_I && i.immediateSize() == 8 ? "movabs" : "mov";
            default -> i.op().name().toLowerCase(Locale.ROOT);
        };
        if (name == null || i.isSegmented()) {
            return Optional.empty();
        }
        long next = address + i.length();
        String operands = switch (i.form()) {
            case NONE -> i.op() == Op.RETURN || i.op() == Op.LEAVE ? "" : null;
            case RM_R -> rm(i, wide, i.width(), next) + "," + register(i, i.reg(), i.width());
            case R_RM -> register(i, i.reg(), i.width()) + "," + rm(i, wide, i.narrow() > 0 ? i.narrow() : i.width(), next);
            case RM_I -> rm(i, wide, i.width(), next) + "," + immediate(i, i.width());
            case RM -> rm(i, wide, i.width(), next);
            case RM_1 -> rm(i, wide, i.width(), next) + ",1";
            case RM_CL -> rm(i, wide, i.width(), next) + ",cl";
            case O_I -> register(i, i.reg(), i.width()) + "," + immediate(i, i.width());
            case O -> register(i, i.reg(), i.width());
            case A_I -> register(i, 0, i.width()) + "," + immediate(i, i.width());
            case R_RM_I -> register(i, i.reg(), i.width()) + "," + rm(i, wide, i.width(), next) + "," + immediate(i, i.width());
            case A_O -> register(i, i.reg(), i.width()) + "," + register(i, 0, i.width());
            case I -> immediate(i, i.op() == Op.PUSH ? wide ? 8 : i.width() : 2);
            case REL -> Long.toHexString(wide ? next + i.immediate() : next + i.immediate() & 0xffff_ffffL);
            default -> null;
        };
        return operands == null ? Optional.empty() : Optional.of((name + " " + operands).strip());
    }

    private static String hex(long value, boolean wide) {
        return "0x" + Long.toHexString(wide ? value : value & 0xffff_ffffL);
    }

    private static String immediate(Instruction i, int width) {
        long mask = width == 8 ? -1 : (1L << 8 * width) - 1;
        return "0x" + Long.toHexString(i.immediate() & mask);
    }

    private static String register(Instruction i, int number, int width) {
        if (width == 1) {
            if (i.isHighByte(number, 1)) {
                return HIGH[i.holder(number, 1)];
            }
            return number < 8 ? LOW[number] : "r" + number + "b";
        }
        String suffix = width == 8 ? "" : width == 4 ? "d" : "w";
        String prefix = width == 8 ? "r" : width == 4 ? "e" : "";
        return number < 8 ? prefix + WORDS[number] : "r" + number + suffix;
    }

    private static String rm(Instruction i, boolean wide, int width, long next) {
        if (!i.isMemory()) {
            return register(i, i.rm(), width);
        }
        String size = switch (width) {
            case 1 -> "BYTE PTR ";
            case 2 -> "WORD PTR ";
            case 4 -> "DWORD PTR ";
            default -> "QWORD PTR ";
        };
        return (i.op() == Op.LEA ? "" : size) + memory(i, wide, next);
    }

    private static String memory(Instruction i, boolean wide, long next) {
        int pointer = wide ? 8 : 4;
        int displacement = i.displacement();
        if (i.base() == Instruction.IP) {
            return "[rip" + signed(displacement) + "]";
        }
        if (i.base() == Instruction.NO_REGISTER && i.index() == Instruction.NO_REGISTER) {
            return "ds:" + hex(displacement, wide);
        }
        StringBuilder text = new StringBuilder("[");
        if (i.base() != Instruction.NO_REGISTER) {
            text.append(register(i, i.base(), pointer));
        }
        if (i.index() != Instruction.NO_REGISTER) {
            text.append(text.length() > 1 ? "+" : "").append(register(i, i.index(), pointer)).append('*').append(i.scale());
        }
        return text.append(displacement != 0 ? signed(displacement) : "").append("]").toString();
    }

    private static String signed(int displacement) {
        return displacement < 0 ? "-0x" + Integer.toHexString(-displacement) : "+0x" + Integer.toHexString(displacement);
    }
}
