package org.poolscope.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Pages that are to be looked at. They are handed out 64 neighbours at a time, in the order of their numbers and round and round, to all
 * threads together: a page gathers as much work as it can until its turn comes.
 *
 * <p>A bit for each page, and a bit for each 64 of those: the next page is found at once even where few are left. Each thread puts pages
 * into a lane of its own, which its processor need not share, and takes them out of all lanes.
 */
final class PageQueue {

    private static final VarHandle BITS = MethodHandles.arrayElementVarHandle(long[].class);

    private static final int STRETCH_SHIFT = 8;

    private final Lane[] lanes;
    private final int words;
    /**
     * How often pages of each 256 neighbours were put in since they were taken. Threads count without heed of each other, so some is lost: a
     * hint where there is much to do, while the bits say whether there is anything.
     */
    private final int[] load;
    /** Where the search for the next goes on. Threads may overwrite each other's: at worst one finds that nothing is left to take. */
    private volatile int position;

    /**
     * An empty queue.
     *
     * @param pages pages are numbered from 0 up to this
     * @param threads how many threads there are
     */
    PageQueue(int pages, int threads) {
        words = (pages >>> 6) + 1;
        load = new int[(pages >>> STRETCH_SHIFT) + 1];
        lanes = new Lane[threads];
        for (int i = 0; i < threads; i++) {
            lanes[i] = new Lane();
        }
    }

    /** How many times 64 pages there are. */
    int words() {
        return words;
    }

    /** Where one thread puts pages. */
    Lane lane(int thread) {
        return lanes[thread];
    }

    /**
     * The next 256 pages that were put in so often at least, by number of their first divided by 64; -1 when there are none. Whoever asks is to
     * take them: they count as taken.
     */
    int next(int times) {
        int from = position * Long.SIZE >>> STRETCH_SHIFT;
        for (int i = 0; i < load.length; i++) {
            int at = from + i < load.length ? from + i : from + i - load.length;
            if (at >= 0 && at < load.length && load[at] >= times) {
                load[at] = 0;
                position = (at + 1 << STRETCH_SHIFT) / Long.SIZE;
                return (at << STRETCH_SHIFT) / Long.SIZE;
            }
        }
        return -1;
    }

    /** The next 64 pages some of which are in the queue, by number of their first divided by 64; -1 when there are none. */
    int next() {
        int from = position;
        int found = next(from, words);
        if (found < 0) {
            found = next(0, from);
        }
        position = found + 1;
        return found;
    }

    /** Takes out of the queue which of 64 pages are in it: a bit for each. */
    long take(int word) {
        long taken = 0;
        for (Lane lane : lanes) {
            taken |= lane.take(word);
        }
        return taken;
    }

    /** Whether no page is in it. */
    boolean isEmpty() {
        return next(0, words) < 0;
    }

    private int next(int from, int end) {
        int word = from;
        while (word < end) {
            long used = 0;
            for (Lane lane : lanes) {
                used |= (long) BITS.getVolatile(lane.used, word >>> 6);
            }
            used &= -1L << word;
            if (used != 0) {
                return (word & -64) + Long.numberOfTrailingZeros(used);
            }
            word = (word & -64) + 64;
        }
        return -1;
    }

    /** What one thread has put in. */
    final class Lane {

        private final long[] pages = new long[words];
        /** Which words of {@link #pages} have a bit. */
        private final long[] used = new long[(words >>> 6) + 1];

        /** Puts a page in, if it is not. */
        void add(int page) {
            load[page >>> STRETCH_SHIFT]++;
            long bit = 1L << page;
            if (((long) BITS.getVolatile(pages, page >>> 6) & bit) == 0 && (long) BITS.getAndBitwiseOr(pages, page >>> 6, bit) == 0) {
                BITS.getAndBitwiseOr(used, page >>> 12, 1L << (page >>> 6));
            }
        }

        /**
         * Takes out which of 64 pages are in this lane: a bit for each. A page may be taken between the two steps of {@link #add}, which
         * then says that there are pages where there are none any more: that has to go too, or the queue is never empty again.
         */
        long take(int word) {
            long bit = 1L << word;
            boolean marked = ((long) BITS.getVolatile(used, word >>> 6) & bit) != 0;
            if (!marked && (long) BITS.getVolatile(pages, word) == 0) {
                return 0;
            }
            if (marked) {
                BITS.getAndBitwiseAnd(used, word >>> 6, ~bit);
            }
            return (long) BITS.getAndSet(pages, word, 0L);
        }
    }
}
