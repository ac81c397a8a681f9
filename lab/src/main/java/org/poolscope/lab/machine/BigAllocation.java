package org.poolscope.lab.machine;

import org.poolscope.model.PoolKind;

/**
 * A pool allocation of whole pages.
 *
 * @param address where it begins
 * @param bytes its size
 * @param account its tag
 * @param kind which pool
 * @param arena the descriptor that accounts for it
 */
record BigAllocation(long address, long bytes, TagAccount account, PoolKind kind, PoolArena arena) {

    private static final int PAGE = 4096;

    /** How many pages it takes. */
    int pages() {
        return (int) ((bytes + PAGE - 1) / PAGE);
    }
}
