package org.poolscope.diagnosis;

/**
 * How sure a finding is, and why.
 *
 * @param level how sure
 * @param reason why not more, or why so much, as a clause
 */
public record Confidence(Level level, String reason) {

    /** Three steps; finer ones would claim a precision nobody has. */
    public enum Level {
        /** The evidence says so itself, or independent pieces of it agree. */
        HIGH("high"),
        /** The evidence fits, another explanation is possible. */
        MEDIUM("medium"),
        /** A hint worth following. */
        LOW("low");

        private final String word;

        Level(String word) {
            this.word = word;
        }

        /** The word in reports and JSON. */
        public String word() {
            return word;
        }
    }

    /** High, because of {@code reason}. */
    public static Confidence high(String reason) {
        return new Confidence(Level.HIGH, reason);
    }

    /** Medium, because of {@code reason}. */
    public static Confidence medium(String reason) {
        return new Confidence(Level.MEDIUM, reason);
    }

    /** Low, because of {@code reason}. */
    public static Confidence low(String reason) {
        return new Confidence(Level.LOW, reason);
    }
}
