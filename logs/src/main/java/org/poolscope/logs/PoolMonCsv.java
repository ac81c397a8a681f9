package org.poolscope.logs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolUse;

/**
 * Rows into which support scripts turn PoolMon screens: {@code Summary1,time,memory,available,…}, {@code Summary2,time,…} in
 * kilobytes, and for tags {@code Ntfx,Nonp,allocs,frees,diff,bytes,perAlloc}.
 *
 * @param cell the tag as written
 * @param pool the pool
 * @param use its figures
 */
record PoolMonCsv(String cell, PoolKind pool, PoolUse use) {

    private static final int MOST_FIELDS = 16;

    static boolean isSummary(String line) {
        return line.startsWith("Summary1,") || line.startsWith("Summary2,");
    }

    /** The time field of a summary row, as written. */
    static String time(String summary) {
        String[] fields = summary.split(",", MOST_FIELDS);
        return fields.length > 1 ? fields[1] : "";
    }

    /** The figures of a summary row, in bytes; {@code null} for a field that is no amount of memory. */
    static List<Long> figures(String summary) {
        String[] fields = summary.split(",", MOST_FIELDS);
        List<Long> figures = new ArrayList<>();
        for (int i = 2; i < fields.length; i++) {
            figures.add(PoolMonTotals.bytes(number(fields[i])));
        }
        return figures;
    }

    static Optional<PoolMonCsv> row(String line) {
        String[] fields = line.split(",", MOST_FIELDS);
        if (fields.length < 6 || fields[0].isBlank() || fields[0].length() > 4
                || !fields[1].equals("Nonp") && !fields[1].equals("Paged")) {
            return Optional.empty();
        }
        long[] numbers = new long[4];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = number(fields[i + 2]);
            if (numbers[i] < 0 || numbers[i] == Cells.TOO_LARGE) {
                return Optional.empty();
            }
        }
        PoolKind pool = fields[1].equals("Paged") ? PoolKind.PAGED : PoolKind.NONPAGED;
        return Optional.of(new PoolMonCsv(fields[0], pool, new PoolUse(numbers[0], numbers[1], numbers[2], numbers[3])));
    }

    private static long number(String field) {
        Cells cells = new Cells(Cells.strip(field), 0);
        long number = cells.number();
        return cells.atEnd() ? number : Cells.NONE;
    }
}
