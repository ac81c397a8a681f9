package org.poolscope.kernel;

import java.util.List;
import org.poolscope.model.PoolKind;

/**
 * The heaps that pools are made of from Windows 10 1903 on ({@code _SEGMENT_HEAP}), taken apart down to their ranges of pages. What
 * stands inside a subsegment is read by whoever asks for blocks.
 *
 * <p>Each node of memory has a heap for each kind of pool. A heap has segments of 1 MB (for ranges in units of a page) and of 16 MB (in
 * units of 64 KB); a segment begins with an array of descriptors, one for each unit, which tell what each range of units holds.
 *
 * <p>Source: the types are in Microsoft's public symbols; what they mean is in published research (Yason, Windows 10 Segment Heap
 * Internals, 2016; Bayet and Fariello, Scoop the Windows 10 pool, 2020) and in what MemProcFS reads.
 */
public final class SegmentHeaps {

    /** The first build that keeps small blocks in segment heaps: Windows 10 1903. */
    public static final int SINCE_BUILD = 18362;

    private final Keys keys;
    private final HeapRanges ranges;
    private final List<Large> large;
    private final Lists lists;
    private final FlawList flaws;

    SegmentHeaps(Keys keys, HeapRanges ranges, List<Large> large, Lists lists, FlawList flaws) {
        this.keys = keys;
        this.ranges = ranges;
        this.large = List.copyOf(large);
        this.lists = lists;
        this.flaws = flaws;
    }

    /**
     * The secrets that hide the heaps' own numbers.
     *
     * @param heap hides headers of chunks and signatures of segments
     * @param lfh hides where the blocks of a subsegment of equal blocks begin
     */
    public record Keys(long heap, long lfh) {
    }

    /**
     * One heap.
     *
     * @param address its {@code _SEGMENT_HEAP}
     * @param pool the pool it serves
     */
    record Heap(long address, PoolKind pool) {
    }

    /**
     * An allocation outside of all segments.
     *
     * @param address where it begins
     * @param bytes whole pages of it
     * @param pool the pool
     * @param node where the heap keeps it ({@code _HEAP_LARGE_ALLOC_DATA})
     */
    public record Large(long address, long bytes, PoolKind pool, long node) {
    }

    /**
     * Blocks that are given back though their heap counts them as in use, as the lists that hold them name them: by their data, or by
     * what stands before it.
     *
     * @param parked on the pool's lookaside lists
     * @param delayed on the heaps' lists of chunks to free later
     */
    public record Lists(long[] parked, long[] delayed) {
    }

    /**
     * A place where a heap is not as it should be.
     *
     * @param address the place
     * @param reason what is wrong, as a clause
     */
    public record Flaw(long address, String reason) {
    }

    /** The keys. */
    public Keys keys() {
        return keys;
    }

    /** What the segments hold, by address. */
    public HeapRanges ranges() {
        return ranges;
    }

    /** Allocations outside of segments. */
    public List<Large> large() {
        return large;
    }

    /** Blocks given back that the heaps still count. */
    public Lists lists() {
        return lists;
    }

    /** What is damaged; of very many places the first ten thousand. */
    public List<Flaw> flaws() {
        return flaws.kept();
    }
}
