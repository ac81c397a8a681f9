package org.poolscope.report;

/**
 * How terminal text is laid out.
 *
 * @param colour whether to use ANSI colours; only on a terminal, and never with {@code NO_COLOR} set
 * @param width columns to wrap prose at
 */
public record TextStyle(boolean colour, int width) {

    /** Without colours, 100 columns: for files and pipes. */
    public static final TextStyle PLAIN = new TextStyle(false, 100);

    String bold(String text) {
        return paint("1", text);
    }

    String red(String text) {
        return paint("1;31", text);
    }

    String yellow(String text) {
        return paint("1;33", text);
    }

    String green(String text) {
        return paint("1;32", text);
    }

    String dim(String text) {
        return paint("2", text);
    }

    private String paint(String code, String text) {
        return colour ? "\033[" + code + "m" + text + "\033[0m" : text;
    }
}
