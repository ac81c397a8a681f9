package org.poolscope.dfs.listing;

import java.util.Locale;

/** Reads one line from left to right. White space includes the no-break space, which web pages put in place of a blank. */
final class LineScanner {

    private final String line;
    private int at;

    LineScanner(String line) {
        this.line = line;
    }

    static boolean isBlank(char c) {
        return c <= ' ' || c == '\u00a0' || c == '\u200b' || c == '\ufeff';
    }

    boolean atEnd() {
        skipBlanks();
        return at >= line.length();
    }

    void skipBlanks() {
        while (at < line.length() && isBlank(line.charAt(at))) {
            at++;
        }
    }

    /** Takes the given word, whatever its case, after blanks; says whether it stood there. */
    boolean take(String word) {
        skipBlanks();
        if (!line.regionMatches(true, at, word, 0, word.length())) {
            return false;
        }
        at += word.length();
        return true;
    }

    /** Whether the given word comes next, after blanks. */
    boolean sees(String word) {
        skipBlanks();
        return line.regionMatches(true, at, word, 0, word.length());
    }

    boolean take(char c) {
        skipBlanks();
        if (at >= line.length() || line.charAt(at) != c) {
            return false;
        }
        at++;
        return true;
    }

    /** The text up to the first of the given words that stands after a blank, or to the end, without blanks around it. */
    String upTo(String... words) {
        int end = at;
        while (end < line.length() && !(end > at && isBlank(line.charAt(end - 1)) && startsWord(end, words))) {
            end++;
        }
        String text = trimmed(at, end);
        at = end;
        return text;
    }

    private boolean startsWord(int position, String... words) {
        for (String word : words) {
            if (line.regionMatches(true, position, word, 0, word.length())) {
                return true;
            }
        }
        return false;
    }

    /** All that is left, without blanks around it. */
    String rest() {
        String text = trimmed(at, line.length());
        at = line.length();
        return text;
    }

    /** The text up to a character, which is taken too; {@code null}, and nothing taken, when it does not come. */
    String through(char c) {
        int end = line.indexOf(c, at);
        if (end < 0) {
            return null;
        }
        String text = trimmed(at, end);
        at = end + 1;
        return text;
    }

    /** A decimal number, or a hexadecimal one that begins with 0x; {@code null} when none comes, or it exceeds 63 bits. */
    Long number() {
        skipBlanks();
        boolean hex = line.regionMatches(true, at, "0x", 0, 2) && at + 2 < line.length() && Character.digit(line.charAt(at + 2),
                16) >= 0;
        int radix = hex ? 16 : 10;
        int start = hex ? at + 2 : at;
        int end = start;
        while (end < line.length() && line.charAt(end) < 0x80 && Character.digit(line.charAt(end), radix) >= 0) {
            end++;
        }
        if (end == start) {
            return null;
        }
        at = end;
        try {
            return Long.valueOf(line.substring(start, end), radix);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Takes digits that a colon and an opening bracket follow, as in {@code 0:[}; says whether they stood there. */
    boolean takeNumberedBracket() {
        skipBlanks();
        int end = at;
        while (end < line.length() && line.charAt(end) >= '0' && line.charAt(end) <= '9') {
            end++;
        }
        if (end == at || end + 1 >= line.length() || line.charAt(end) != ':' || line.charAt(end + 1) != '[') {
            return false;
        }
        at = end + 2;
        return true;
    }

    int position() {
        return at;
    }

    void moveTo(int position) {
        at = Math.min(position, line.length());
    }

    /** Passes over one character. */
    void skip() {
        at = Math.min(at + 1, line.length());
    }

    String line() {
        return line;
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private String trimmed(int start, int end) {
        int from = start;
        int to = end;
        while (from < to && isBlank(line.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(line.charAt(to - 1))) {
            to--;
        }
        return line.substring(from, to);
    }
}
