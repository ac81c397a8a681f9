package org.poolscope.lab.machine;

import org.poolscope.model.PoolKind;

/**
 * A pool allocation of whole pages.
 *
 * @param address where it begins
 * @param pages how many pages
 * @param account its tag
 * @param kind which pool
 * @param arena the descriptor that accounts for it
 */
record BigAllocation(long address, int pages, TagAccount account, PoolKind kind, PoolArena arena) {
}
