package org.poolscope.driver.code;

import java.util.Arrays;
import org.poolscope.driver.pe.FunctionTable;
import org.poolscope.driver.pe.LittleEndian;
import org.poolscope.driver.pe.PeImage;

/**
 * Follows {@code switch} jumps while code is decoded in order. Recognised: on x86 {@code jmp [index*4 + table]} with a table of
 * addresses; on x64 a load from a table of 32-bit distances and an addition to the table (GNU) or to the image (Microsoft), then
 * {@code jmp register}. The number of cases is taken from the comparison before it.
 */
final class JumpTables {

    static final int[] NONE = {};
    private static final int MOST_CASES = 1024;
    private static final int REACH = 12;
    private static final int UNKNOWN = -1;

    private final PeImage image;
    private final CodeBytes code;
    private final boolean wide;
    private final int[] relocations;
    /** What {@code lea} put into each register in this run of code, as RVA. */
    private final int[] lea = new int[16];
    private int bound;
    private int pendingBound;
    private int tableBase;
    private int tableDisplacement;
    private int age;
    private int tableAge;

    JumpTables(PeImage image, CodeBytes code, boolean wide, int[] relocations) {
        this.image = image;
        this.code = code;
        this.wide = wide;
        this.relocations = relocations;
        reset();
    }

    /** Begins a run of code that has nothing to do with the one before. */
    void reset() {
        Arrays.fill(lea, UNKNOWN);
        bound = UNKNOWN;
        pendingBound = UNKNOWN;
        tableBase = UNKNOWN;
        age = 0;
    }

    /** Takes note of an instruction that is not a jump through a table. */
    void note(Instruction i, int rva) {
        age++;
        tableAge++;
        switch (i.op()) {
            case CMP -> pendingBound = i.immediateSize() > 0 && i.immediate() >= 0 && i.immediate() < MOST_CASES
                    ? (int) i.immediate() : UNKNOWN;
            case JUMP_IF -> {
                if (pendingBound != UNKNOWN && (i.condition() == 7 || i.condition() == 3 || i.condition() == 6)) {
                    bound = i.condition() == 3 ? pendingBound : pendingBound + 1;
                    age = 0;
                }
            }
            case LEA -> {
                lea[i.reg()] = i.base() == Instruction.IP && !i.isSegmented() ? rva + i.length() + i.displacement() : UNKNOWN;
            }
            case ADD -> {
                boolean address = !wide && !i.isMemory() && i.immediateSize() == 4;
                int register = i.form() == Opcodes.A_I ? 0 : i.rm();
                if (register >= 0 && !i.isMemory()) {
                    lea[register & 15] = address ? image.rva(i.immediate() & 0xffff_ffffL) : UNKNOWN;
                }
            }
            case MOV, MOVSX -> {
                if (!wide && i.isMemory() && i.form() == Opcodes.R_RM) {
                    narrowLoad(i);
                    return;
                }
                if (wide && i.isMemory() && i.form() == Opcodes.R_RM && i.index() != Instruction.NO_REGISTER && i.scale() == 4
                        && i.base() >= 0 && i.base() < 16 && lea[i.base()] != UNKNOWN) {
                    tableBase = lea[i.base()];
                    tableDisplacement = i.displacement();
                    tableAge = 0;
                }
                forget(i);
            }
            default -> forget(i);
        }
    }

    /** A load that may be from a table of addresses: {@code mov eax,[eax*4 + table]}, or {@code mov eax,[eax]} after an addition. */
    private void narrowLoad(Instruction i) {
        int table = UNKNOWN;
        if (isAbsoluteTable(i)) {
            table = image.rva(i.displacement() & 0xffff_ffffL);
        } else if (i.base() >= 0 && i.base() < 8 && i.index() == Instruction.NO_REGISTER && i.displacement() == 0) {
            table = lea[i.base()];
        }
        if (table != UNKNOWN) {
            tableBase = table;
            tableDisplacement = 0;
            tableAge = 0;
        }
        forget(i);
    }

    private void forget(Instruction i) {
        if (i.form() == Opcodes.R_RM || i.form() == Opcodes.O_I || i.form() == Opcodes.O) {
            lea[i.reg() & 15] = UNKNOWN;
        }
    }

    /** The targets of an indirect jump; empty when it is not through a table that is understood. */
    int[] targets(Instruction i, int rva) {
        int cases = bound == UNKNOWN || age > REACH ? MOST_CASES : bound;
        if (i.isMemory()) {
            return !wide && isAbsoluteTable(i) ? addresses(image.rva(i.displacement() & 0xffff_ffffL), cases) : NONE;
        }
        if (tableBase == UNKNOWN || tableAge > REACH || i.rm() == Instruction.NO_REGISTER) {
            return NONE;
        }
        return !wide ? addresses(tableBase, cases) : distances(tableBase + tableDisplacement, tableBase, cases, rva);
    }

    private static boolean isAbsoluteTable(Instruction i) {
        return i.isMemory() && i.base() == Instruction.NO_REGISTER && i.index() != Instruction.NO_REGISTER && i.scale() == 4
                && !i.isSegmented();
    }

    private int[] addresses(int table, int cases) {
        IntList targets = new IntList();
        byte[] bytes = image.content();
        int there = table < 0 ? 0 : image.available(table) / 4;
        int offset = image.offset(table);
        for (int k = 0; k < Math.min(cases, there); k++) {
            if (relocations.length > 0 && Arrays.binarySearch(relocations, table + 4 * k) < 0) {
                break;
            }
            int target = image.rva(LittleEndian.u32(bytes, offset + 4 * k));
            if (target < 0 || !code.contains(target)) {
                break;
            }
            targets.add(target);
        }
        return targets.toArray();
    }

    private int[] distances(int table, int base, int cases, int rva) {
        IntList targets = new IntList();
        FunctionTable functions = image.functions();
        int own = functions.find(rva);
        byte[] bytes = image.content();
        int there = table < 0 ? 0 : image.available(table) / 4;
        int offset = image.offset(table);
        for (int k = 0; k < Math.min(cases, there); k++) {
            long target = (long) base + LittleEndian.i32(bytes, offset + 4 * k);
            if (target <= 0 || target > Integer.MAX_VALUE || !code.contains((int) target)) {
                break;
            }
            int hit = functions.find((int) target);
            if (own >= 0 && (hit < 0 || functions.first(hit) != functions.first(own))) {
                break;   // no longer this function's table
            }
            targets.add((int) target);
        }
        return targets.toArray();
    }
}
