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

    /** What a colour says, the same on every screen. */
    public enum Tone {
        /** A heading, a sum. */
        STRONG("1"),
        /** Critical. */
        BAD("1;31"),
        /** A warning; what grows. */
        WARN("1;33"),
        /** Sound; what shrinks. */
        GOOD("1;32"),
        /** Said by the way. */
        SOFT("2");

        private final String code;

        Tone(String code) {
            this.code = code;
        }

        /** The text between the escape sequences that begin and end the tone. */
        public String paint(String text) {
            return "\033[" + code + "m" + text + "\033[0m";
        }
    }

    String bold(String text) {
        return paint(Tone.STRONG, text);
    }

    String red(String text) {
        return paint(Tone.BAD, text);
    }

    String yellow(String text) {
        return paint(Tone.WARN, text);
    }

    String green(String text) {
        return paint(Tone.GOOD, text);
    }

    String dim(String text) {
        return paint(Tone.SOFT, text);
    }

    private String paint(Tone tone, String text) {
        return colour ? tone.paint(text) : text;
    }
}
