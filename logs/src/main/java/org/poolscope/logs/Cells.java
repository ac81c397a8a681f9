package org.poolscope.logs;

/** Reads one line from left to right: blanks, numbers, single characters. Never goes back, so time is linear. */
final class Cells {

    /** What {@link #number()} answers when no number stands there. */
    static final long NONE = Long.MIN_VALUE;

    /** What {@link #number()} answers for a number that does not fit 63 bits, as damaged listings print. */
    static final long TOO_LARGE = Long.MAX_VALUE;

    private final String line;
    private int at;

    Cells(String line, int from) {
        this.line = line;
        this.at = from;
    }

    /** Blanks as listings and web pages hold them: space, tab, no-break space. */
    static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\u00a0';
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** The place of the first character that is no blank; the length of the line when there is none. */
    static int firstNonBlank(String line) {
        int i = 0;
        while (i < line.length() && isBlank(line.charAt(i))) {
            i++;
        }
        return i;
    }

    /** The line without blanks at either end. */
    static String strip(String line) {
        int end = line.length();
        while (end > 0 && isBlank(line.charAt(end - 1))) {
            end--;
        }
        int start = Math.min(firstNonBlank(line), end);
        return line.substring(start, end);
    }

    /** Whether a line is nothing but dots: progress of a command before its table, rows left out inside it. */
    static boolean isDots(String stripped) {
        return !stripped.isEmpty() && stripped.chars().allMatch(c -> c == '.' || c == '\u2026') || stripped.equals("[...]");
    }

    /** Where the next character stands. */
    int position() {
        return at;
    }

    boolean atEnd() {
        return at >= line.length();
    }

    /** The next character, or NUL at the end. */
    char peek() {
        return at < line.length() ? line.charAt(at) : '\0';
    }

    /** Passes blanks; whether there were any. */
    boolean skipBlanks() {
        int before = at;
        while (at < line.length() && isBlank(line.charAt(at))) {
            at++;
        }
        return at > before;
    }

    /** Passes this character when it comes next. */
    boolean take(char expected) {
        if (peek() == expected && at < line.length()) {
            at++;
            return true;
        }
        return false;
    }

    /** Passes this word, in any case, when it comes next. */
    boolean take(String expected) {
        if (line.regionMatches(true, at, expected, 0, expected.length())) {
            at += expected.length();
            return true;
        }
        return false;
    }

    /** A decimal number, with a minus sign where there is one; {@link #NONE} when there is none, {@link #TOO_LARGE}. */
    long number() {
        boolean negative = peek() == '-' && at + 1 < line.length() && isDigit(line.charAt(at + 1));
        if (negative) {
            at++;
        }
        int begin = at;
        long value = 0;
        while (at < line.length() && isDigit(line.charAt(at))) {
            int digit = line.charAt(at++) - '0';
            value = value >= TOO_LARGE / 10 && value > (TOO_LARGE - digit) / 10 ? TOO_LARGE : value * 10 + digit;
        }
        if (at == begin) {
            return NONE;
        }
        return negative && value != TOO_LARGE ? -value : value;
    }

    /** What is left of the line. */
    String rest() {
        return line.substring(Math.min(at, line.length()));
    }
}
