package org.poolscope.logs;

import java.util.Optional;

/**
 * A line on which somebody typed a command: {@code 0: kd> !poolused 5}, {@code lkd> !vm}, {@code 1: kd:x86> …}.
 *
 * @param command the command's first word, lower case, for instance {@code !poolused}; empty when nothing was typed
 * @param arguments what follows it, blanks around it removed
 */
record DebuggerPrompt(String command, String arguments) {

    /** A longer prefix than this before {@code >} is no kernel debugger's prompt. */
    private static final int LONGEST_PREFIX = 24;

    static Optional<DebuggerPrompt> of(String line) {
        int start = Cells.firstNonBlank(line);
        int end = line.indexOf('>', start);
        if (end < 0 || end - start > LONGEST_PREFIX || !isPrompt(line.substring(start, end))) {
            return Optional.empty();
        }
        String typed = Cells.strip(line.substring(end + 1));
        int blank = 0;
        while (blank < typed.length() && !Cells.isBlank(typed.charAt(blank))) {
            blank++;
        }
        return Optional.of(new DebuggerPrompt(typed.substring(0, blank).toLowerCase(java.util.Locale.ROOT),
                Cells.strip(typed.substring(blank))));
    }

    /** {@code [processor: ][l]kd[:mode]}. */
    private static boolean isPrompt(String prefix) {
        Cells cells = new Cells(prefix, 0);
        if (Cells.isDigit(cells.peek())) {
            cells.number();
            if (!cells.take(':')) {
                return false;
            }
            cells.skipBlanks();
        }
        cells.take('l');
        return cells.take("kd") && (cells.atEnd() || cells.peek() == ':');
    }
}
