package org.poolscope.driver.pe;

import java.util.Arrays;
import java.util.function.Consumer;
import org.poolscope.model.Architecture;

/**
 * The functions of an x64 image that have unwind data (x64 exception handling documentation, "struct RUNTIME_FUNCTION" and "struct
 * UNWIND_INFO"): nearly all, leaf functions excepted. A function in several pieces has a record for each; a piece that is not
 * the first names its first one.
 */
public final class FunctionTable {

    private static final int RECORD = 12;
    private static final int CHAINED = 4;
    private static final int LONGEST_CHAIN = 32;

    private final int[] begins;
    private final int[] ends;
    private final int[] firsts;

    private FunctionTable(int[] begins, int[] ends, int[] firsts) {
        this.begins = begins;
        this.ends = ends;
        this.firsts = firsts;
    }

    static FunctionTable read(ImageBytes bytes, Headers headers, Consumer<String> warn) {
        int at = headers.directoryRva[Headers.EXCEPTIONS];
        int size = Math.min(Math.max(0, headers.directorySize[Headers.EXCEPTIONS]), bytes.available(at));
        if (headers.architecture != Architecture.X64) {
            size = 0;
        }
        int most = size / RECORD;
        long[] order = new long[most];
        int count = 0;
        int bad = 0;
        for (int i = 0; i < most; i++) {
            int begin = bytes.rva(at + i * RECORD);
            int end = bytes.rva(at + i * RECORD + 4);
            if (begin > 0 && end > begin) {
                order[count++] = (long) begin << 32 | i;
            } else if (begin != 0 || end != 0) {
                bad++;
            }
        }
        if (bad > 0) {
            warn.accept("the function table has " + bad + " impossible records");
        }
        Arrays.sort(order, 0, count);
        int[] begins = new int[count];
        int[] ends = new int[count];
        int[] firsts = new int[count];
        for (int i = 0; i < count; i++) {
            int record = at + (int) order[i] * RECORD;
            begins[i] = (int) (order[i] >> 32);
            ends[i] = bytes.rva(record + 4);
            firsts[i] = first(bytes, record);
        }
        return new FunctionTable(begins, ends, firsts);
    }

    private static int first(ImageBytes bytes, int record) {
        int at = record;
        for (int i = 0; i < LONGEST_CHAIN; i++) {
            int unwind = bytes.rva(at + 8);
            if (unwind > 0 && (unwind & 1) != 0) {
                at = unwind & ~1;   // shares the record of another function
            } else if (unwind > 0 && bytes.has(unwind, 4) && (bytes.u8(unwind) >> 3 & CHAINED) != 0) {
                at = unwind + 4 + (bytes.u8(unwind + 2) + 1 & ~1) * 2;
            } else {
                break;
            }
            if (!bytes.has(at, RECORD)) {
                return bytes.rva(record);
            }
        }
        int begin = bytes.rva(at);
        return begin > 0 ? begin : bytes.rva(record);
    }

    /** How many records there are. */
    public int count() {
        return begins.length;
    }

    /** Where a piece begins. */
    public int begin(int index) {
        return begins[index];
    }

    /** Where a piece ends (the first RVA after it). */
    public int end(int index) {
        return ends[index];
    }

    /** Where the function of a piece begins; the piece's own begin for its first one. */
    public int first(int index) {
        return firsts[index];
    }

    /** The piece that holds an RVA; -1 when there is none. */
    public int find(int rva) {
        int index = Arrays.binarySearch(begins, rva);
        index = index >= 0 ? index : -index - 2;
        return index >= 0 && rva < ends[index] ? index : -1;
    }
}
