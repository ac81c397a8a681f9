package org.poolscope.lab.machine;

/**
 * The memory manager's counters that do not follow from what is built, in pages.
 *
 * @param available pages that could be used at once
 * @param residentAvailable pages that could still be made resident
 * @param modified pages on the modified list
 * @param committed committed pages
 * @param commitLimit the limit of commitment
 * @param peakCommit the most that was ever committed
 * @param sharedCommit committed for shared memory
 * @param driverCommit committed for drivers
 * @param processCommit committed for processes
 */
public record MemoryFigures(long available, long residentAvailable, long modified, long committed, long commitLimit,
        long peakCommit, long sharedCommit, long driverCommit, long processCommit) {

    /** Counters of a machine that is short of nothing but perhaps of pool: half of its memory available, a third committed. */
    public static MemoryFigures relaxed(Machine machine) {
        long pages = machine.space().memory().totalPages();
        return new MemoryFigures(pages / 2, pages * 7 / 10, pages / 900, pages / 3, pages * 2, pages * 2 / 5, pages / 570,
                pages / 300, pages / 6);
    }
}
