package org.poolscope.logs;

import java.util.Optional;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolUse;

/**
 * One row of a PoolMon table: {@code MmSt Paged  614 (  0)  441 (  0)  173  83456 (  0)  482 [nt!mm - …]}, with the changes in
 * parentheses on screens and without them in snapshots.
 *
 * @param tagFrom where the first character of the tag that is no blank stands
 * @param typeAt where the word {@code Nonp} or {@code Paged} begins
 * @param pool the pool
 * @param use its figures
 * @param changes whether the row shows changes since the last refresh
 * @param agrees whether allocations less frees are the difference printed
 * @param driver the driver behind the row, if any
 */
record PoolMonRow(int tagFrom, int typeAt, PoolKind pool, PoolUse use, boolean changes, boolean agrees, PoolMonDriver driver) {

    /** The type stands behind the tag; further right it is a word of something else. */
    private static final int LAST_TYPE_COLUMN = 48;

    /** Whether this is the line of column names. */
    static boolean isHead(String line) {
        Cells cells = new Cells(line, Cells.firstNonBlank(line));
        return cells.take("Tag") && cells.skipBlanks() && cells.take("Type") && cells.skipBlanks() && cells.take("Allocs");
    }

    /** Whether this is the line of sums that switch {@code /e} adds. */
    static boolean isTotal(String line) {
        return line.regionMatches(true, Cells.firstNonBlank(line), "Total", 0, 5) && typeIn(line) >= 0;
    }

    static Optional<PoolMonRow> of(String line) {
        return Optional.ofNullable(orNull(line));
    }

    /** The row; {@code null} when this is none. Called for every line of long logs. */
    static PoolMonRow orNull(String line) {
        int typeAt = typeIn(line);
        int tagFrom = Cells.firstNonBlank(line);
        int tagTo = typeAt;
        while (tagTo > tagFrom && Cells.isBlank(line.charAt(tagTo - 1))) {
            tagTo--;
        }
        if (typeAt <= tagFrom || tagTo - tagFrom > 4) {
            return null;
        }
        boolean paged = line.startsWith("Paged", typeAt);
        Cells cells = new Cells(line, typeAt + (paged ? 5 : 4));
        long allocs = number(cells);
        boolean changes = change(cells);
        long frees = number(cells);
        changes |= change(cells);
        long difference = number(cells);
        long bytes = number(cells);
        changes |= change(cells);
        if (allocs < 0 || frees < 0 || difference == Cells.NONE || bytes == Cells.NONE) {
            return null;
        }
        // Bytes for each allocation: can be derived, so it is passed by.
        number(cells);
        cells.skipBlanks();
        PoolMonDriver driver = PoolMonDriver.UNKNOWN;
        if (!cells.atEnd()) {
            String rest = Cells.strip(cells.rest());
            Optional<PoolMonDriver> named = PoolMonDriver.of(rest);
            if (named.isEmpty() && rest.chars().anyMatch(Character::isLetterOrDigit)) {
                return null;
            }
            driver = named.orElse(PoolMonDriver.UNKNOWN);
        }
        PoolUse use = new PoolUse(known(allocs), known(frees), known(difference), bytes < 0 ? null : known(bytes));
        boolean agrees = PoolUsedRow.differ(allocs, frees, difference);
        return new PoolMonRow(tagFrom, typeAt, paged ? PoolKind.PAGED : PoolKind.NONPAGED, use, changes, agrees,
                driver);
    }

    private static Long known(long number) {
        return number == Cells.TOO_LARGE ? null : Long.valueOf(number);
    }

    private static int typeIn(String line) {
        int end = Math.min(LAST_TYPE_COLUMN, line.length() - 4);
        for (int at = 1; at < end; at++) {
            if (isType(line, at, "Nonp") || isType(line, at, "Paged")) {
                return at;
            }
        }
        return -1;
    }

    private static boolean isType(String line, int at, String type) {
        int end = at + type.length();
        return Cells.isBlank(line.charAt(at - 1)) && line.startsWith(type, at) && end < line.length()
                && Cells.isBlank(line.charAt(end));
    }

    private static long number(Cells cells) {
        cells.skipBlanks();
        return cells.number();
    }

    /** Passes {@code (  12)}; whether it stood there. */
    private static boolean change(Cells cells) {
        cells.skipBlanks();
        if (!cells.take('(')) {
            return false;
        }
        cells.skipBlanks();
        cells.number();
        cells.skipBlanks();
        return cells.take(')');
    }
}
