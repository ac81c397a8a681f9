package org.poolscope.kernel.objects;

import java.util.List;

/**
 * A process. What could not be read is {@code null}.
 *
 * @param address where its {@code EPROCESS} stands
 * @param pid its process id; 4 is the kernel's own process, {@code System} (8 in Windows 2000)
 * @param name its image name, at most 15 characters: the kernel cuts longer ones
 * @param handleCount how many handles it has open; 0 when its handle table is gone, as in a process that has ended
 * @param pagedPoolQuotaBytes paged pool charged to it
 * @param nonPagedPoolQuotaBytes nonpaged pool charged to it
 * @param directoryTableBase physical address of its top page table
 * @param handleTable address of its handle table; 0 when it has none
 * @param threads its threads, as far as the list of them is in the image
 * @param threadsWhole whether these are all; one that has ended and is still held open has none
 */
public record KernelProcess(
        long address,
        Long pid,
        String name,
        Long handleCount,
        Long pagedPoolQuotaBytes,
        Long nonPagedPoolQuotaBytes,
        Long directoryTableBase,
        Long handleTable,
        List<KernelThread> threads,
        boolean threadsWhole) {

    public KernelProcess {
        threads = List.copyOf(threads);
    }

    /** How many threads it has; {@code null} when not all of them are in the image. */
    public Integer threadCount() {
        return threadsWhole ? Integer.valueOf(threads.size()) : null;
    }
}
