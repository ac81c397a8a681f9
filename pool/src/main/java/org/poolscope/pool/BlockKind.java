package org.poolscope.pool;

/** How a block is kept. */
public enum BlockKind {
    /** With others on a page, behind a header. */
    PAGE("page"),
    /** In a segment heap, behind a header. */
    SEGMENT("segment"),
    /** On whole pages of its own, listed in the table of big allocations. */
    BIG("big"),
    /** Alone at one end of a page of Driver Verifier's special pool, the rest of the page filled with a pattern. */
    SPECIAL("special");

    private final String word;

    BlockKind(String word) {
        this.word = word;
    }

    /** The word in listings and JSON. */
    public String word() {
        return word;
    }

    /** Whether a header stands in front of its data, and is part of its size. */
    public boolean hasHeader() {
        return this == PAGE || this == SEGMENT;
    }

    @Override
    public String toString() {
        return word;
    }
}
