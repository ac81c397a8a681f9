package org.poolscope.logs;

import java.util.Locale;
import java.util.Optional;

/**
 * One figure of a {@code !vm} listing: {@code NonPagedPool Usage:  2778 ( 11112 Kb)}.
 *
 * @param label its label in lower case, blanks collapsed, without the colon
 * @param name its label as it stands, blanks collapsed
 * @param pages the first number; {@link Cells#TOO_LARGE} when it does not fit 63 bits
 * @param kilobytes the number in parentheses; {@link Cells#TOO_LARGE} likewise
 * @param printed the first number as it stands; of one with far too many digits only the first
 */
record VmFigure(String label, String name, long pages, long kilobytes, String printed) {

    private static final int LONGEST_LABEL = 48;

    /** A 64-bit number has 20. */
    private static final int MOST_DIGITS = 20;

    static Optional<VmFigure> of(String line) {
        int colon = line.indexOf(':');
        int start = Cells.firstNonBlank(line);
        if (colon <= start || colon - start > LONGEST_LABEL) {
            return Optional.empty();
        }
        Cells cells = new Cells(line, colon + 1);
        cells.skipBlanks();
        int from = cells.position();
        long pages = cells.number();
        int digits = cells.position() - from;
        String printed = line.substring(from, from + Math.min(digits, MOST_DIGITS)) + (digits > MOST_DIGITS ? "…" : "");
        cells.skipBlanks();
        if (pages == Cells.NONE || !cells.take('(')) {
            return Optional.empty();
        }
        cells.skipBlanks();
        long kilobytes = cells.number();
        cells.skipBlanks();
        if (kilobytes == Cells.NONE || !cells.take("Kb")) {
            return Optional.empty();
        }
        String name = collapse(line.substring(start, colon));
        return Optional.of(new VmFigure(name.toLowerCase(Locale.ROOT), name, pages, kilobytes, printed));
    }

    /** Whether a line begins a {@code !vm} listing by itself: its title, or the first of its figures in old versions. */
    static boolean isHeading(String line) {
        String text = Cells.strip(line);
        return text.startsWith("*** Virtual Memory Usage")
                || text.regionMatches(true, 0, "Physical Memory:", 0, 16) && of(line).isPresent();
    }

    /** Blanks at the ends removed, others made one space. */
    private static String collapse(String text) {
        StringBuilder collapsed = new StringBuilder(text.length());
        boolean blank = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Cells.isBlank(c)) {
                blank = collapsed.length() > 0;
            } else {
                if (blank) {
                    collapsed.append(' ');
                    blank = false;
                }
                collapsed.append(c);
            }
        }
        return collapsed.toString();
    }
}
