package org.poolscope.memory;

/**
 * Which physical pages an image holds, and where in {@link PhysicalMemory#bytes}. Every offset it gives leads to a whole page inside them, and {@link #contiguous} to as many.
 */
sealed interface PageMap permits PageRuns, PageBitmap, HibernatedPages {

    /** File offset of a page, or -1 when it is not stored. Any number may be asked. No allocation. */
    long fileOffset(long pfn);

    /**
     * How many pages from this one on stand one after another in the file: positive and at most {@code limit}; or, when this
     * page is not stored, minus the number of pages from it on (at most {@code limit}) that are not stored either.
     *
     * @param limit at least 1
     */
    long contiguous(long pfn, long limit);

    /** Pages stored. */
    long presentPages();

    /** Pages that the file says it holds, and does not: it is cut short or damaged. Of packed pages those that were looked at. */
    long missingPages();

    /** The highest page stored, -1 when there is none. */
    long highestPage();

    /** The lowest stored page at or above this one, or -1. */
    long nextPresent(long pfn);
}
