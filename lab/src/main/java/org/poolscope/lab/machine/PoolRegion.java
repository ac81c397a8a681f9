package org.poolscope.lab.machine;

import java.util.ArrayDeque;
import java.util.BitSet;
import org.poolscope.lab.image.Access;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.lab.image.MachineMemory;

/**
 * The virtual pages a pool is made of: up to two pieces that are used one after the other. Pages are mapped when they are taken
 * and unmapped when they are given back.
 */
final class PoolRegion {

    private static final int PAGE = MachineMemory.PAGE;

    private final KernelSpace space;
    private final long[] starts;
    private final int[] pages;
    private final ArrayDeque<Long> returned = new ArrayDeque<>();
    private final BitSet taken = new BitSet();
    private final BitSet lastOfAllocation = new BitSet();
    private int piece;
    private int next;
    private int inUse;

    PoolRegion(KernelSpace space, long start, int pages) {
        this(space, new long[] {start}, new int[] {pages});
    }

    PoolRegion(KernelSpace space, long[] starts, int[] pages) {
        this.space = space;
        this.starts = starts;
        this.pages = pages;
    }

    /** Maps {@code count} pages in a row and gives the address of the first. */
    long take(int count) {
        if (count == 1 && !returned.isEmpty()) {
            long page = returned.poll();
            space.map(page, 1, Access.DATA);
            mark(page, 1);
            return page;
        }
        while (next + count > pages[piece]) {
            if (piece + 1 == starts.length) {
                throw new IllegalStateException("the pool's " + (next + count) + " pages do not fit its address range");
            }
            piece++;
            next = 0;
        }
        long first = starts[piece] + (long) next * PAGE;
        next += count;
        space.map(first, count, Access.DATA);
        mark(first, count);
        return first;
    }

    private void mark(long page, int count) {
        inUse += count;
        int index = index(page);
        taken.set(index, index + count);
        lastOfAllocation.set(index + count - 1);
    }

    /** Unmaps pages. */
    void giveBack(long first, int count) {
        for (int i = 0; i < count; i++) {
            long page = first + (long) i * PAGE;
            space.unmap(page);
            returned.add(page);
            taken.clear(index(page));
            lastOfAllocation.clear(index(page));
        }
        inUse -= count;
    }

    /** The page's number in the region, all pieces counted. */
    int index(long address) {
        int before = 0;
        for (int i = 0; i < starts.length; i++) {
            long offset = address - starts[i];
            if (offset >= 0 && offset < (long) pages[i] * PAGE) {
                return before + (int) (offset / PAGE);
            }
            before += pages[i];
        }
        throw new IllegalArgumentException("0x" + Long.toHexString(address) + " is not in this pool");
    }

    /** Pages of the longest run that is not taken; the region's pieces do not join. */
    int longestFreeRun() {
        int longest = 0;
        int first = 0;
        for (int length : pages) {
            int end = first + length;
            for (int page = taken.nextClearBit(first); page < end; page = taken.nextClearBit(page)) {
                int next = taken.nextSetBit(page);
                int stop = next < 0 ? end : Math.min(next, end);
                longest = Math.max(longest, stop - page);
                page = stop;
            }
            first = end;
        }
        return longest;
    }

    boolean contains(long address) {
        for (int i = 0; i < starts.length; i++) {
            long offset = address - starts[i];
            if (offset >= 0 && offset < (long) pages[i] * PAGE) {
                return true;
            }
        }
        return false;
    }

    /** Pages taken and not given back. */
    int inUse() {
        return inUse;
    }

    /** Which pages are taken, by index. */
    BitSet taken() {
        return taken;
    }

    /** Which pages are the last of an allocation, by index. */
    BitSet lastOfAllocation() {
        return lastOfAllocation;
    }

    long start() {
        return starts[0];
    }
}
