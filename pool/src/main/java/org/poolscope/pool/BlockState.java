package org.poolscope.pool;

/** What becomes of a block. */
public enum BlockState {
    /** Somebody holds it. */
    ALLOCATED("allocated"),
    /** Free. */
    FREE("free"),
    /** Given back, and parked on one of the pool's own lookaside lists: its header still says allocated. */
    LOOKASIDE("lookaside"),
    /** A stretch of a page in which no header can be trusted. It may hold any number of blocks. */
    DAMAGED("damaged"),
    /** No block: what a heap keeps for itself, as headers of chunks, bitmaps and gaps. Never handed out as a block. */
    HEAP("heap");

    private static final BlockState[] ALL = values();

    private final String word;

    BlockState(String word) {
        this.word = word;
    }

    static BlockState of(int ordinal) {
        return ALL[ordinal];
    }

    /** The word in listings and JSON. */
    public String word() {
        return word;
    }

    @Override
    public String toString() {
        return word;
    }
}
