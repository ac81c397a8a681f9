package org.poolscope.pool;

import java.util.BitSet;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Free pages of a pool's address space that stand one behind the other. A request of several pages needs a run as long as itself.
 *
 * @param pages free pages in all runs
 * @param byLength how many runs there are of each length in pages
 */
public record FreeRuns(long pages, NavigableMap<Integer, Integer> byLength) {

    public FreeRuns {
        byLength = Collections.unmodifiableNavigableMap(new TreeMap<>(byLength));
    }

    /** Pages of the longest run; 0 when no page is free. */
    public int longest() {
        return byLength.isEmpty() ? 0 : byLength.lastKey();
    }

    /** How many runs there are. */
    public long count() {
        return byLength.values().stream().mapToLong(Integer::longValue).sum();
    }

    /** Gathers the runs of the pieces of a pool's address space. */
    static final class Builder {

        private final TreeMap<Integer, Integer> byLength = new TreeMap<>();
        private long pages;

        /** Adds a piece of so many pages, of which those with a bit are taken. */
        Builder add(BitSet taken, int count) {
            for (int page = taken.nextClearBit(0); page < count;) {
                int next = taken.nextSetBit(page);
                int end = next < 0 || next > count ? count : next;
                byLength.merge(end - page, 1, Integer::sum);
                pages += end - page;
                page = taken.nextClearBit(end);
            }
            return this;
        }

        FreeRuns build() {
            return new FreeRuns(pages, byLength);
        }
    }
}
