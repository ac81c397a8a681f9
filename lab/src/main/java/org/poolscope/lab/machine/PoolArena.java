package org.poolscope.lab.machine;

import org.poolscope.model.PoolKind;

/** Where the blocks of one pool come from: a pool descriptor with its pages, or a segment heap. */
public sealed interface PoolArena permits ClassicArena, SegmentArena {

    /** Which pool. */
    PoolKind kind();

    /** Pages it has taken: those shared by blocks, and those of allocations of whole pages. */
    int pages();

    /**
     * Allocates a block that shares a page; the address of its header.
     *
     * @param quota whether a process is charged for it
     */
    long allocate(TagAccount account, int dataBytes, boolean quota);

    /** Frees a block, given its header. */
    void free(TagAccount account, long header);

    /** Takes whole pages for a request too large to share one. */
    long allocateBig(TagAccount account, int count);

    /** Gives the pages of a big allocation back. */
    void freeBig(TagAccount account, long first, int count);

    /** Enters allocations of the past that were freed again. */
    void past(long count);
}
