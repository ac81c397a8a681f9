package org.poolscope.lab.machine;

import java.util.List;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.image.MemoryRun;

/**
 * What machine to make. {@link #of} gives one of a usual size; the {@code with} methods change it.
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
        int processors, int pagedPools, int pagedLimitPages, int nonPagedLimitPages, int nonPagedInitialPages, int trackerSlots,
        int bigPageSlots) {

    public MachineSpec {
        runs = List.copyOf(runs);
        if (Integer.bitCount(trackerSlots - 1) != 1 || Integer.bitCount(bigPageSlots) != 1) {
            throw new IllegalArgumentException("table sizes must be powers of two (the tracker's plus one)");
        }
    }

    /**
     * A machine of that version with 2 GB of memory whose kernel dump is to be written.
     *
     * @param poolPages about how many pages its pools will take
     */
    public static MachineSpec of(WindowsVersion version, long poolPages) {
        boolean wide = isOnePiece(version);
        boolean client = version == WindowsVersion.XP_SP2;
        return new MachineSpec(version, false, version.isModern() ? ImageFormat.BITMAP_DUMP : ImageFormat.KERNEL_DUMP, megabytes(2048), poolPages + (wide ? 6_000 : 3_000),
                client ? 1 : 2, client ? 2 : 5, 8_192, 8_192, wide ? 0 : 4_096, wide ? 4097 : 2049, 4096);
    }

    /** Whether nonpaged pool has no part made at start. */
    private static boolean isOnePiece(WindowsVersion version) {
        return version == WindowsVersion.WINDOWS_7_SP1 || version.isModern();
    }

    /** Memory of so many megabytes with the usual gap below 1 MB. */
    private static List<MemoryRun> megabytes(int size) {
        return List.of(new MemoryRun(0x1, 0x9e), new MemoryRun(0x100, size * 256L - 0x200));
    }

    /** The same machine with so much memory. */
    public MachineSpec withMegabytes(int size) {
        return withRuns(megabytes(size));
    }

    /** The same machine with this physical memory. */
    public MachineSpec withRuns(List<MemoryRun> memory) {
        return new MachineSpec(version, pae, format, memory, expectedPages, processors, pagedPools, pagedLimitPages,
                nonPagedLimitPages, nonPagedInitialPages, trackerSlots, bigPageSlots);
    }

    /** The same machine with or without PAE. */
    public MachineSpec withPae(boolean on) {
        return new MachineSpec(version, on, format, runs, expectedPages, processors, pagedPools, pagedLimitPages,
                nonPagedLimitPages, nonPagedInitialPages, trackerSlots, bigPageSlots);
    }

    /** The same machine, its memory written otherwise. */
    public MachineSpec withFormat(ImageFormat other) {
        return new MachineSpec(version, pae, other, runs, expectedPages, processors, pagedPools, pagedLimitPages,
                nonPagedLimitPages, nonPagedInitialPages, trackerSlots, bigPageSlots);
    }

    /** The same machine with so many processors. */
    public MachineSpec withProcessors(int count) {
        return new MachineSpec(version, pae, format, runs, expectedPages, count, pagedPools, pagedLimitPages,
                nonPagedLimitPages, nonPagedInitialPages, trackerSlots, bigPageSlots);
    }

    /** The same machine with a paged pool of so many pages. */
    public MachineSpec withPaged(int limitPages) {
        return new MachineSpec(version, pae, format, runs, expectedPages, processors, pagedPools, limitPages, nonPagedLimitPages,
                nonPagedInitialPages, trackerSlots, bigPageSlots);
    }

    /** The same machine with a nonpaged pool of at most so many pages, {@code initial} of them made at start (32-bit only). */
    public MachineSpec withNonPaged(int limitPages, int initial) {
        boolean wide = isOnePiece(version);
        return new MachineSpec(version, pae, format, runs, expectedPages, processors, pagedPools, pagedLimitPages, limitPages,
                wide ? 0 : initial, trackerSlots, bigPageSlots);
    }

    /** The same machine with room for more allocations of whole pages. */
    public MachineSpec withBigPageSlots(int slots) {
        return new MachineSpec(version, pae, format, runs, expectedPages, processors, pagedPools, pagedLimitPages,
                nonPagedLimitPages, nonPagedInitialPages, trackerSlots, slots);
    }
}
