package org.poolscope.dfs.capture;

/** How many bytes all streams of a capture may hold back together: segments out of order and messages not yet complete. */
final class MemoryBudget {

    private static final long MOST_BYTES = 64 << 20;

    private long used;

    /** Takes bytes from the budget; says whether they were left. */
    boolean take(int bytes) {
        if (used + bytes > MOST_BYTES) {
            return false;
        }
        used += bytes;
        return true;
    }

    void giveBack(int bytes) {
        used -= bytes;
    }
}
