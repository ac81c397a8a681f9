package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.PoolRegions;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.kernel.objects.KernelProcess;
import org.poolscope.memory.Absence;
import org.poolscope.memory.LittleEndian;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.RegionVisitor;

/**
 * What all sessions have in session space. Windows and graphics ({@code win32k.sys}) keep their tables there: only these lead to most of
 * their objects in pool. An address space shows one session or none, so the page tables of every process are asked. Immutable.
 */
final class SessionMemory {

    /** Where the layout of Windows puts session space on x64 up to Windows 10 1511, when the kernel does not say. */
    private static final long SPACE_64 = 0xffff_f900_0000_0000L;
    private static final long SPACE_64_LAST = 0xffff_f97f_ffff_ffffL;

    /** So many pages at least must be there, and more than this share of them hold nothing but zeros, for memory that somebody blanked. */
    private static final int LEAST_PAGES = 16;
    private static final double BLANK_SHARE = 0.75;

    private final PoolRegions.Region space;
    private final List<long[]> runs = new ArrayList<>();
    private final BitSet seen = new BitSet();
    private long pages;
    private long blankPages;
    private long absentBytes;
    private boolean any;

    private SessionMemory(PoolRegions.Region space) {
        this.space = space;
    }

    /** The sessions of a kernel whose pool is read in one address space. */
    static SessionMemory of(KernelImage image, PagedMemory memory) {
        PoolRegions.Region space = image.poolRegions().session()
                .orElse(memory.pointerSize() == Long.BYTES && !image.poolRegions().assignedAtBoot() ? new PoolRegions.Region(null, SPACE_64, SPACE_64_LAST) : null);
        SessionMemory sessions = new SessionMemory(space);
        if (space == null) {
            return sessions;
        }
        sessions.look(memory, memory.bytes(), false);
        Set<Long> directories = new HashSet<>();
        directories.add(memory.directory().base());
        Long kernel = image.info().kernelBase();
        Optional<List<KernelProcess>> processes = KernelObjects.of(image).value().flatMap(objects -> objects.processes().value());
        for (KernelProcess process : processes.orElse(List.of())) {
            long base = process.directoryTableBase() == null ? 0 : process.directoryTableBase() & memory.directory().mode().baseMask();
            if (base != 0 && directories.add(base)) {
                PagedMemory other = memory.ofProcess(base);
                // The kernel stands at the same place in every address space: anything else is no page table.
                if (kernel != null && other.physicalAddress(kernel) >= 0 && other.physicalAddress(kernel) == memory.physicalAddress(kernel)) {
                    sessions.look(other, memory.bytes(), true);
                }
            }
        }
        return sessions;
    }

    /** @param other whether the pages are of another address space than the one pool is read in */
    private void look(PagedMemory memory, MemorySegment bytes, boolean other) {
        long[] absent = new long[1];
        memory.forEachRegion(space.first(), space.last(), new RegionVisitor() {
            @Override
            public void present(long va, long offset, long length) {
                for (long at = 0; at < length; at += Words.PAGE) {
                    page(va + at, offset + at, bytes, other);
                }
            }

            @Override
            public void absent(long va, long length, Absence why) {
                absent[0] += why == Absence.DEMAND_ZERO ? 0 : length;
            }
        });
        any |= absent[0] > 0;
        absentBytes = Math.max(absentBytes, absent[0]);
    }

    private void page(long va, long offset, MemorySegment bytes, boolean other) {
        any = true;
        int number = (int) Math.min(offset >>> Words.PAGE_SHIFT, Integer.MAX_VALUE - 1);
        if (seen.get(number)) {
            return;
        }
        seen.set(number);
        pages++;
        blankPages += isBlank(bytes, offset) ? 1 : 0;
        if (other) {
            long[] last = runs.isEmpty() ? null : runs.getLast();
            if (last != null && last[0] + (last[2] << Words.PAGE_SHIFT) == va && last[1] + (last[2] << Words.PAGE_SHIFT) == offset) {
                last[2]++;
            } else {
                runs.add(new long[] {va, offset, 1});
            }
        }
    }

    private static boolean isBlank(MemorySegment bytes, long offset) {
        for (int i = 0; i < Words.PAGE; i += Long.BYTES) {
            if (bytes.get(LittleEndian.U64, offset + i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Takes a run of pages. */
    @FunctionalInterface
    interface Run {
        void run(long va, long offset, long pages);
    }

    /** The pages that the address space pool is read in does not show, in no particular order. */
    void forEachHiddenRun(Run to) {
        runs.forEach(run -> to.run(run[0], run[1], run[2]));
    }

    /** Whether an address lies in session space. */
    boolean contains(long va) {
        return space != null && space.contains(va);
    }

    /** Why pointers may stand in memory of sessions and not be seen; empty when all of it was read. */
    Optional<String> unseen() {
        OptionalLong blank = pages >= LEAST_PAGES && blankPages > BLANK_SHARE * pages ? OptionalLong.of(blankPages) : OptionalLong.empty();
        if (space == null) {
            return Optional.of("the image does not say where the memory of sessions is");
        }
        if (blank.isPresent()) {
            return Optional.of(blank.getAsLong() + " of " + pages + " pages of session memory in the image hold nothing but zeros");
        }
        if (absentBytes > 0) {
            return Optional.of((absentBytes >>> Words.PAGE_SHIFT) + " pages of session memory are not in the image");
        }
        return any ? Optional.empty() : Optional.of("the image shows no memory of any session");
    }
}
