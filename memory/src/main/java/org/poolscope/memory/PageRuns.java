package org.poolscope.memory;

import java.util.Arrays;

/**
 * Pages stored in runs: raw images (one run), full dumps, live dumps, ELF segments. Sorted by page, without overlap; found by
 * binary search.
 */
final class PageRuns implements PageMap {

    private final long[] first;
    private final long[] end;
    private final long[] offset;
    private final long present;

    private final long missing;

    private PageRuns(long[] first, long[] end, long[] offset, long missing) {
        this.missing = missing;
        this.first = first;
        this.end = end;
        this.offset = offset;
        long pages = 0;
        for (int i = 0; i < first.length; i++) {
            pages += end[i] - first[i];
        }
        this.present = pages;
    }

    @Override
    public long fileOffset(long pfn) {
        int run = runAtOrBefore(pfn);
        return run >= 0 && pfn < end[run] ? offset[run] + ((pfn - first[run]) << PhysicalMemory.PAGE_SHIFT) : -1;
    }

    @Override
    public long contiguous(long pfn, long limit) {
        if (pfn < 0) {
            return -1;
        }
        int run = runAtOrBefore(pfn);
        if (run >= 0 && pfn < end[run]) {
            return Math.min(limit, end[run] - pfn);
        }
        return run + 1 < first.length ? -Math.min(limit, first[run + 1] - pfn) : -limit;
    }

    @Override
    public long presentPages() {
        return present;
    }

    @Override
    public long missingPages() {
        return missing;
    }

    @Override
    public long highestPage() {
        return first.length == 0 ? -1 : end[end.length - 1] - 1;
    }

    @Override
    public long nextPresent(long pfn) {
        int run = runAtOrBefore(pfn);
        if (run >= 0 && pfn < end[run]) {
            return pfn;
        }
        return run + 1 < first.length ? first[run + 1] : -1;
    }

    /** The last run that begins at or before this page, or -1. */
    private int runAtOrBefore(long pfn) {
        int low = 0;
        int high = first.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (first[middle] <= pfn) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    /** Gathers runs in the order a file lists them, and cuts what lies outside the file or was listed before. */
    static final class Builder {

        /** More pages than any machine has (2^39 pages are 2 PB): guards the arithmetic. */
        static final long PAGE_LIMIT = 1L << 39;

        /** More runs than any honest file has: bounds the memory a hostile one can claim. */
        private static final int RUN_LIMIT = 1 << 24;
        private static final int RUN_BITS = 24;

        private final long fileSize;
        private long[] runs = new long[3 * 16];
        private int count;
        private long missing;
        private boolean overlap;

        Builder(long fileSize) {
            this.fileSize = fileSize;
        }

        /**
         * Adds a run.
         *
         * @param firstPage its first page
         * @param pages its length in pages; what is not whole inside the file is cut, and counted as missing
         * @param fileOffset where its first page stands
         */
        void add(long firstPage, long pages, long fileOffset) {
            if (pages <= 0 || firstPage < 0 || firstPage >= PAGE_LIMIT) {
                missing += Math.clamp(pages, 0L, PAGE_LIMIT);
                return;
            }
            long wanted = Math.min(pages, PAGE_LIMIT - firstPage);
            long room = fileOffset < 0 || fileOffset > fileSize ? 0 : (fileSize - fileOffset) >> PhysicalMemory.PAGE_SHIFT;
            long stored = Math.min(wanted, room);
            missing += Math.min(pages, PAGE_LIMIT) - stored;
            if (stored == 0) {
                return;
            }
            if (count == RUN_LIMIT) {
                missing += stored;
                return;
            }
            if (count > 0 && runs[3 * count - 2] == firstPage
                    && runs[3 * count - 1] + ((firstPage - runs[3 * count - 3]) << PhysicalMemory.PAGE_SHIFT) == fileOffset) {
                runs[3 * count - 2] = firstPage + stored;
                return;
            }
            if (3 * count == runs.length) {
                runs = Arrays.copyOf(runs, runs.length * 2);
            }
            runs[3 * count] = firstPage;
            runs[3 * count + 1] = firstPage + stored;
            runs[3 * count + 2] = fileOffset;
            count++;
        }

        /** Counts pages the file promises and does not hold. */
        void miss(long pages) {
            missing += pages;
        }

        /** Pages the file promises and does not hold. */
        long missingPages() {
            return missing;
        }

        /**
         * Whether {@link #build} found a page listed twice; the run that begins lower is believed, and of two the one listed
         * first.
         */
        boolean overlapping() {
            return overlap;
        }

        PageRuns build() {
            long[] order = new long[count];
            for (int i = 0; i < count; i++) {
                order[i] = runs[3 * i] << RUN_BITS | i;
            }
            Arrays.sort(order);
            long[] first = new long[count];
            long[] end = new long[count];
            long[] offset = new long[count];
            int kept = 0;
            long covered = 0;
            for (long place : order) {
                int i = (int) (place & (RUN_LIMIT - 1));
                long from = Math.max(runs[3 * i], covered);
                long to = runs[3 * i + 1];
                overlap |= from > runs[3 * i];
                if (from < to) {
                    first[kept] = from;
                    end[kept] = to;
                    offset[kept] = runs[3 * i + 2] + ((from - runs[3 * i]) << PhysicalMemory.PAGE_SHIFT);
                    kept++;
                    covered = to;
                }
            }
            return new PageRuns(Arrays.copyOf(first, kept), Arrays.copyOf(end, kept), Arrays.copyOf(offset, kept), missing);
        }
    }
}
