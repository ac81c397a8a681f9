package org.poolscope.memory;

/**
 * What a walk over page tables came to.
 *
 * @param presentPages pages that can be read, 4096 bytes each
 * @param absentPages pages that are part of the address space and cannot be read
 * @param skippedTables ways to a table that had been walked already: at least one in a sound address space, the self-map through
 *     which the kernel sees its own tables
 * @param complete whether the walk came to its end; damaged tables can describe more than any machine has, and are left at a
 *     bound
 */
public record WalkSummary(long presentPages, long absentPages, long skippedTables, boolean complete) {
}
