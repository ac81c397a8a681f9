package org.poolscope.diagnosis;

/** How much a finding matters. */
public enum Severity {
    /** The machine fails, or is about to, because of this. */
    CRITICAL("critical"),
    /** Something is wrong and will, or did, contribute. */
    WARNING("warning"),
    /** Worth knowing; nothing is accused. */
    NOTE("note");

    private final String word;

    Severity(String word) {
        this.word = word;
    }

    /** The word in reports and JSON. */
    public String word() {
        return word;
    }

    /** Whether this says that something is wrong. */
    public boolean isProblem() {
        return this != NOTE;
    }
}
