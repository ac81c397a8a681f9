package org.poolscope.logs;

import java.util.Optional;
import org.poolscope.model.PoolTag;

/**
 * One row of a {@code !poolused} table.
 *
 * @param tag the tag
 * @param shownExactly whether all its bytes are known; a dot may stand for any byte that cannot be printed
 * @param numbers the numbers, in the order of the columns; {@link Cells#TOO_LARGE} where one does not fit, {@link #UNCLEAR}
 * @param description what the listing says of the tag, or {@code null}
 * @param binary the driver it names, or {@code null}
 */
record PoolUsedRow(PoolTag tag, boolean shownExactly, long[] numbers, String description, String binary) {

    /** Stands for a number that cannot be told from the words behind it. */
    static final long UNCLEAR = Long.MIN_VALUE;

    private static final String UNKNOWN = "UNKNOWN pooltag '";
    private static final String BINARY = "Binary:";

    /**
     * Reads a row. Where the tag ends is not always plain: tags may hold blanks ({@code Dh 1}) or lose them at their end
     * ({@code CM}), and blanks between columns may have been collapsed. Every place is tried, the longest tag first, and the one
     * taken whose numbers agree with each other.
     */
    static Optional<PoolUsedRow> of(String line, PoolUsedHead head) {
        int first = Cells.firstNonBlank(line);
        Split best = null;
        int start = leadingBlanks(line, head, first) ? head.tagAt() : first;
        for (int end = Math.min(start + 4, line.length()); end > first; end--) {
            boolean wordEnds = end < line.length() && Cells.isBlank(line.charAt(end)) && !Cells.isBlank(line.charAt(end - 1));
            Split split = wordEnds ? numbers(line, end, head) : null;
            if (split != null) {
                String cell = line.substring(start, end);
                if (agree(split.numbers, head)) {
                    return row(cell, split);
                }
                best = best == null ? new Split(cell, split.numbers, split.rest) : best;
            }
        }
        return best == null ? Optional.empty() : row(best.cell, best);
    }

    /** {@code TOTAL} and the numbers of the last line; {@code null} for other lines. */
    static long[] total(String line, PoolUsedHead head) {
        int first = Cells.firstNonBlank(line);
        if (!line.startsWith("TOTAL", first)) {
            return null;
        }
        Split split = numbers(line, first + "TOTAL".length(), head);
        return split == null ? new long[0] : split.numbers;
    }

    /** A tag may begin with blanks; that shows only where the table still has its columns. */
    private static boolean leadingBlanks(String line, PoolUsedHead head, int first) {
        int indent = first - head.tagAt();
        if (indent < 1 || indent > 3) {
            return false;
        }
        int end = head.tagAt() + 4;
        if (end >= line.length() || !Cells.isBlank(line.charAt(end))) {
            return false;
        }
        Cells cells = new Cells(line, end);
        cells.skipBlanks();
        return cells.number() != Cells.NONE && cells.position() == head.ends().getFirst();
    }

    private static Split numbers(String line, int from, PoolUsedHead head) {
        Cells cells = new Cells(line, from);
        long[] numbers = new long[head.columns()];
        int previousEnd = from;
        for (int i = 0; i < numbers.length; i++) {
            if (!cells.skipBlanks()) {
                return null;
            }
            int start = cells.position();
            boolean last = i == numbers.length - 1;
            int cut = last ? glued(line, start, previousEnd, head) : -1;
            if (cut >= 0) {
                numbers[i] = new Cells(line.substring(start, cut), 0).number();
                return new Split(null, numbers, line.substring(cut));
            }
            boolean unclear = last && isUnclear(line, start, previousEnd, head);
            numbers[i] = cells.number();
            if (numbers[i] == Cells.NONE || !last && !cells.atEnd() && !Cells.isBlank(cells.peek())) {
                return null;
            }
            numbers[i] = unclear ? UNCLEAR : numbers[i];
            previousEnd = cells.position();
        }
        return new Split(null, numbers, cells.rest());
    }

    /**
     * Old debuggers print the description right behind the last number, and some descriptions begin with digits
     * ({@code 01394 OHCI host controller}: the number 0, then the words). A number has no leading zero, and a column ends where
     * its name ends, unless a number needs more room and pushes what follows to the right.
     *
     * @return where the number ends, or -1 when its digits are all its own
     */
    private static int glued(String line, int start, int previousEnd, PoolUsedHead head) {
        int end = digitsEnd(line, start);
        if (end - start > 1 && line.charAt(start) == '0') {
            return start + 1;
        }
        int columnEnd = columnEnd(previousEnd, head);
        return start > previousEnd + 1 && start < columnEnd && columnEnd < end ? columnEnd : -1;
    }

    /**
     * Whether nobody can tell where the last number ends: it fills its column, digits go on behind it, and words follow them
     * after a blank. Either it is longer than its column, or the description begins with digits.
     */
    private static boolean isUnclear(String line, int start, int previousEnd, PoolUsedHead head) {
        int end = digitsEnd(line, start);
        int columnEnd = columnEnd(previousEnd, head);
        return start == previousEnd + 1 && columnEnd >= 0 && columnEnd < end && end < line.length() && line.charAt(end) != '\t'
                && !Character.isLetter(line.charAt(end)) && !Cells.strip(line.substring(end)).isEmpty();
    }

    private static int digitsEnd(String line, int start) {
        int end = start;
        while (end < line.length() && Cells.isDigit(line.charAt(end))) {
            end++;
        }
        return end;
    }

    /** Where the last column of a row ends, when the number before it ends where it should or later; -1 when not known. */
    private static int columnEnd(int previousEnd, PoolUsedHead head) {
        int last = head.ends().size() - 1;
        int shift = previousEnd - head.ends().get(last - 1);
        return head.aligned() && shift >= 0 ? head.ends().get(last) + shift : -1;
    }

    /** Whether the numbers are such as one tag has: allocations less frees are the difference; bytes where there are blocks. */
    private static boolean agree(long[] numbers, PoolUsedHead head) {
        for (int at = 0; at < numbers.length; at += head.width()) {
            if (head.width() == 4 ? !differ(numbers[at], numbers[at + 1], numbers[at + 2])
                    : numbers[at] == 0 != (numbers[at + 1] == 0)) {
                return false;
            }
        }
        return true;
    }

    /** Counters of 32-bit kernels wrap, so the difference holds modulo 2^32. */
    static boolean differ(long allocs, long frees, long difference) {
        return allocs - frees == difference || (int) (allocs - frees) == (int) difference;
    }

    private static Optional<PoolUsedRow> row(String cell, Split split) {
        Optional<PoolTag> tag = TagCell.read(cell);
        String rest = Cells.strip(split.rest);
        if (!rest.startsWith(UNKNOWN)) {
            return tag.map(known -> new PoolUsedRow(known, cell.indexOf('.') < 0, split.numbers, description(rest),
                    binary(rest)));
        }
        int from = UNKNOWN.length();
        int to = rest.lastIndexOf('\'');
        String quoted = to > from ? rest.substring(from, to) : "";
        String exact = undot(cell, quoted);
        return (exact == null ? tag : TagCell.read(exact))
                .map(known -> new PoolUsedRow(known, exact != null || cell.indexOf('.') < 0, split.numbers, null, null));
    }

    /**
     * The tag of a row says dots for bytes that cannot be printed; the tag quoted behind it is printed as a C string: it stops
     * at a zero byte and is filled with blanks at its left, {@code '  rx'} for the bytes {@code r x 0 0}.
     *
     * @return the four characters, or {@code null} when the quoted tag does not tell
     */
    private static String undot(String cell, String quoted) {
        if (cell.indexOf('.') < 0) {
            return cell;
        }
        int dot = cell.length();
        while (dot > 0 && cell.charAt(dot - 1) == '.') {
            dot--;
        }
        if (cell.length() == 4 && dot < 4 && quoted.length() == 4 && cell.substring(0, dot).indexOf('.') < 0
                && quoted.equals(" ".repeat(4 - dot) + cell.substring(0, dot))) {
            return cell.substring(0, dot) + "\0".repeat(4 - dot);
        }
        if (quoted.length() != cell.length()) {
            return null;
        }
        for (int i = 0; i < cell.length(); i++) {
            if (cell.charAt(i) != '.' && cell.charAt(i) != quoted.charAt(i)) {
                return null;
            }
        }
        return quoted;
    }

    private static String description(String rest) {
        int binary = rest.lastIndexOf(BINARY);
        String words = binary < 0 ? rest : Cells.strip(rest.substring(0, binary));
        if (binary >= 0 && words.endsWith(",")) {
            words = Cells.strip(words.substring(0, words.length() - 1));
        }
        return words.isEmpty() ? null : words;
    }

    private static String binary(String rest) {
        int binary = rest.lastIndexOf(BINARY);
        String name = binary < 0 ? "" : Cells.strip(rest.substring(binary + BINARY.length()));
        return name.isEmpty() || name.equals("<unknown>") ? null : name;
    }

    /** Where a row was split: its tag's cell, the numbers, and what is left. */
    private record Split(String cell, long[] numbers, String rest) {
    }
}
