package org.poolscope.lab.machine;

import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;

/** What is drawn from the pools under one tag: the row of the tracker table in the making, and how many blocks stand in pages. */
public final class TagAccount {

    private final PoolTag tag;
    private final int headerTag;
    private final long[] allocs = new long[2];
    private final long[] frees = new long[2];
    private final long[] bytes = new long[2];
    private final int[][] blocksBySize = new int[2][];

    TagAccount(PoolTag tag, boolean protectedTag) {
        this.tag = tag;
        this.headerTag = protectedTag ? tag.key() | 0x8000_0000 : tag.key();
    }

    /** The tag. */
    public PoolTag tag() {
        return tag;
    }

    /** The tag as block headers carry it, with the protected bit where the kernel sets it. */
    int headerTag() {
        return headerTag;
    }

    void charge(PoolKind pool, long size) {
        allocs[pool.ordinal()]++;
        bytes[pool.ordinal()] += size;
    }

    void release(PoolKind pool, long size) {
        frees[pool.ordinal()]++;
        bytes[pool.ordinal()] -= size;
    }

    void countBlock(PoolKind pool, int units, int by) {
        int p = pool.ordinal();
        if (blocksBySize[p] == null) {
            blocksBySize[p] = new int[513];
        }
        blocksBySize[p][units] += by;
    }

    /** Enters allocations that were made and freed again before the picture was taken. */
    void past(PoolKind pool, long count) {
        allocs[pool.ordinal()] += count;
        frees[pool.ordinal()] += count;
    }

    /** Allocations so far. */
    public long allocs(PoolKind pool) {
        return allocs[pool.ordinal()];
    }

    /** Frees so far. */
    public long frees(PoolKind pool) {
        return frees[pool.ordinal()];
    }

    /** Blocks that are allocated. */
    public long outstanding(PoolKind pool) {
        return allocs[pool.ordinal()] - frees[pool.ordinal()];
    }

    /** Bytes that are allocated: whole blocks with their headers, whole pages of big allocations. */
    public long bytes(PoolKind pool) {
        return bytes[pool.ordinal()];
    }

    /** How many blocks of so many units stand in pool pages; {@code null} when none ever did. */
    int[] blocksBySize(PoolKind pool) {
        return blocksBySize[pool.ordinal()];
    }
}
