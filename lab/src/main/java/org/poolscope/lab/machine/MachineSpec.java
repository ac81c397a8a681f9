package org.poolscope.lab.machine;

import java.util.List;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.image.MemoryRun;

/**
 * What machine to make.
 *
 * @param version its Windows
 * @param pae whether a 32-bit machine runs with PAE
 * @param format how its memory is written
 * @param runs its physical memory
 * @param expectedPages about how many pages of it the kernel will take; decides how far they lie apart
 * @param processors how many processors
 * @param pagedPools how many paged pool descriptors
 * @param pagedLimitPages the size of paged pool
 * @param nonPagedLimitPages the limit of nonpaged pool
 * @param nonPagedInitialPages its part made at start (32-bit only)
 * @param trackerSlots rows of the tracker table: a power of two, plus one
 * @param bigPageSlots slots of the big page table: a power of two
 */
public record MachineSpec(WindowsVersion version, boolean pae, ImageFormat format, List<MemoryRun> runs, long expectedPages,
        int processors,
        int pagedPools, int pagedLimitPages, int nonPagedLimitPages, int nonPagedInitialPages, int trackerSlots,
        int bigPageSlots) {

    public MachineSpec {
        runs = List.copyOf(runs);
        if (Integer.bitCount(trackerSlots - 1) != 1 || Integer.bitCount(bigPageSlots) != 1) {
            throw new IllegalArgumentException("table sizes must be powers of two (the tracker's plus one)");
        }
    }
}
