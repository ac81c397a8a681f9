package org.poolscope.dfs.resolve;

/** When an entry of the referral cache may no longer be used (MS-DFSC 3.1.1, product behaviour). */
public enum ExpiryPolicy {
    /** Not after its time to live: Windows XP and Server 2003. */
    HARD(1),
    /** After its time to live it is refreshed, but serves until four times that when no server answers: Vista and later. */
    SOFT(4);

    private final int hardFactor;

    ExpiryPolicy(int hardFactor) {
        this.hardFactor = hardFactor;
    }

    /** How many times the time to live an entry may serve at most. */
    public int hardFactor() {
        return hardFactor;
    }
}
