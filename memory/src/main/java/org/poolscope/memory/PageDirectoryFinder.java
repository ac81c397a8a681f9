package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds page directories in physical memory with no header to lean on.
 *
 * <p>A Windows kernel sees its own page tables through one entry of the top table that leads to that table itself: on x86 entry
 * 0x300 (address C0000000), on PAE the first four entries of the fourth directory, on x64 any entry of the upper half (slot
 * 0x1ED up to Windows 10 1511, drawn by lot later). So a page with an entry that names the page itself is a candidate, whatever
 * kernel it is. A candidate under which {@code KUSER_SHARED_DATA} is mapped where it belongs is taken for certain.
 *
 * <p>Reads a few cache lines a page, from low addresses up, where the System process has its tables, and stops soon after a
 * certain candidate: an image of a terabyte costs no more than a small one.
 */
public final class PageDirectoryFinder {

    private static final int ENTRY_MASK_FLAGS = (int) (PteDecoder.VALID | PteDecoder.LARGE);
    private static final long FRAME_64 = 0x000f_ffff_ffff_f000L;

    private static final int SELF_MAP_32 = 0x300;
    private static final int UPPER_HALF = 256;
    private static final int ENTRIES = 512;

    /** Top-table slots that lead to {@code KUSER_SHARED_DATA}: FFFFF780`00000000 with four levels and with five. */
    private static final int SHARED_DATA_SLOT_4 = 0x1ef;
    private static final int SHARED_DATA_SLOT_5 = 0x1ff;

    /** After this many pages the search looks whether it has something certain: 16 MB. */
    private static final long CHUNK_PAGES = 4096;

    /** More candidates than this are no use to anyone. */
    private static final int CANDIDATE_LIMIT = 256;

    private final PhysicalMemory physical;
    private final MemorySegment file;
    private final List<Candidate> candidates = new ArrayList<>();
    private final List<Long> kernelDirectoriesOfPae = new ArrayList<>();
    private boolean certain;
    private boolean certainPae;

    private record Candidate(PageDirectory directory, boolean certain, int userEntries) {
    }

    private PageDirectoryFinder(PhysicalMemory physical) {
        this.physical = physical;
        this.file = physical.bytes();
    }

    /** The page directories in this memory, the likeliest first; empty when there is none. */
    public static List<PageDirectory> find(PhysicalMemory physical) {
        PageDirectoryFinder finder = new PageDirectoryFinder(physical);
        finder.search();
        if (!finder.certain && !finder.kernelDirectoriesOfPae.isEmpty()) {
            finder.searchPointerTables();
        }
        return finder.candidates.stream()
                .sorted(Comparator.comparing((Candidate c) -> !c.certain()).thenComparing(Candidate::userEntries))
                .map(Candidate::directory).toList();
    }

    /** Whether there is a page directory under which a kernel's shared page is mapped. */
    static boolean hasCertain(PhysicalMemory physical) {
        PageDirectoryFinder finder = new PageDirectoryFinder(physical);
        finder.search();
        return finder.certain || finder.certainPae;
    }

    private void search() {
        long stopAt = CHUNK_PAGES;
        long seen = 0;
        for (long pfn = physical.nextPresent(0); pfn >= 0; pfn = physical.nextPresent(pfn)) {
            long run = physical.contiguous(pfn, CHUNK_PAGES);
            long offset = physical.fileOffset(pfn);
            for (long i = 0; i < run; i++) {
                page(pfn + i, offset + (i << PhysicalMemory.PAGE_SHIFT));
            }
            pfn += run;
            seen += run;
            if (seen >= stopAt) {
                if (certain || certainPae || candidates.size() >= CANDIDATE_LIMIT) {
                    return;
                }
                stopAt = seen + CHUNK_PAGES;
            }
        }
    }

    private void page(long pfn, long offset) {
        if (isSelfMap32(pfn, offset)) {
            candidate(new PageDirectory(PagingMode.X86, pfn << PhysicalMemory.PAGE_SHIFT), offset);
        }
        if (isSelfMapPae(pfn, offset)) {
            foundKernelDirectoryOfPae(pfn, offset);
        }
        if (leadsSomewhere(file.get(LittleEndian.U64, offset + 8 * SHARED_DATA_SLOT_4))
                || leadsSomewhere(file.get(LittleEndian.U64, offset + 8 * SHARED_DATA_SLOT_5))) {
            long64(pfn, offset);
        }
    }

    private boolean isSelfMap32(long pfn, long offset) {
        int entry = file.get(LittleEndian.U32, offset + 4 * SELF_MAP_32);
        return (entry & ENTRY_MASK_FLAGS) == PteDecoder.VALID
                && Integer.toUnsignedLong(entry) >>> PhysicalMemory.PAGE_SHIFT == pfn;
    }

    /** The fourth directory of PAE, whose first four entries are the four directories. */
    private boolean isSelfMapPae(long pfn, long offset) {
        if (!leadsTo(file.get(LittleEndian.U64, offset + 24), pfn)) {
            return false;
        }
        for (int i = 0; i < 3; i++) {
            long entry = file.get(LittleEndian.U64, offset + 8L * i);
            if (!leadsSomewhere(entry) || leadsTo(entry, pfn)) {
                return false;
            }
        }
        return true;
    }

    private void long64(long pfn, long offset) {
        for (int slot = UPPER_HALF; slot < ENTRIES; slot++) {
            if (leadsTo(file.get(LittleEndian.U64, offset + 8L * slot), pfn)) {
                long base = pfn << PhysicalMemory.PAGE_SHIFT;
                if (!candidate(new PageDirectory(PagingMode.X64_4, base), offset)) {
                    candidate(new PageDirectory(PagingMode.X64_5, base), offset);
                }
                return;
            }
        }
    }

    /** A valid entry of a table above the lowest, for a table in this memory. */
    private boolean leadsSomewhere(long entry) {
        return (entry & ENTRY_MASK_FLAGS) == PteDecoder.VALID
                && (entry & FRAME_64) >>> PhysicalMemory.PAGE_SHIFT <= physical.highestPage();
    }

    private static boolean leadsTo(long entry, long pfn) {
        return (entry & ENTRY_MASK_FLAGS) == PteDecoder.VALID && (entry & FRAME_64) >>> PhysicalMemory.PAGE_SHIFT == pfn;
    }

    /** Notes a candidate; says whether it is certain. */
    private boolean candidate(PageDirectory directory, long offset) {
        if (candidates.size() >= CANDIDATE_LIMIT) {
            return false;
        }
        boolean sure = SharedUserData.isMapped(PagedMemory.brief(physical, directory));
        certain |= sure;
        candidates.add(new Candidate(directory, sure, userEntries(directory.mode(), offset)));
        return sure;
    }

    /** Entries in use for the lower half of the address space: the System process has the fewest. */
    private int userEntries(PagingMode mode, long offset) {
        if (mode != PagingMode.PAE) {
            return validEntries(offset, (1 << mode.indexBits()) / 2, mode.entrySize());
        }
        int used = 0;
        for (int i = 0; i < 2; i++) {
            long pointer = file.get(LittleEndian.U64, offset + 8L * i);
            long table = physical.fileOffset((pointer & FRAME_64) >>> PhysicalMemory.PAGE_SHIFT);
            used += table < 0 ? 0 : validEntries(table, ENTRIES, Long.BYTES);
        }
        return used;
    }

    private int validEntries(long table, int count, int size) {
        int used = 0;
        for (int i = 0; i < count; i++) {
            used += file.get(LittleEndian.U8, table + (long) i * size) & 1;
        }
        return used;
    }

    private void foundKernelDirectoryOfPae(long pfn, long offset) {
        if (kernelDirectoriesOfPae.size() >= CANDIDATE_LIMIT) {
            return;
        }
        kernelDirectoriesOfPae.add(pfn);
        long address = SharedUserData.address(PagingMode.PAE);
        long entry = file.get(LittleEndian.U64, offset + 8 * (address >>> 21 & 511));
        long table = leadsSomewhere(entry) ? physical.fileOffset((entry & FRAME_64) >>> PhysicalMemory.PAGE_SHIFT) : -1;
        if (table >= 0) {
            long leaf = file.get(LittleEndian.U64, table + 8 * (address >>> 12 & 511));
            long page = (leaf & 1) == 0 ? -1 : physical.fileOffset((leaf & FRAME_64) >>> PhysicalMemory.PAGE_SHIFT);
            certainPae |= page >= 0 && SharedUserData.isAt(physical, page);
        }
    }

    /**
     * The four pointers CR3 leads to under PAE stand on any 32-byte boundary. They name the four directories, as the first four
     * entries of the fourth do, so they can be told from chance.
     */
    private void searchPointerTables() {
        for (long pfn = physical.nextPresent(0); pfn >= 0; pfn = physical.nextPresent(pfn)) {
            long run = physical.contiguous(pfn, CHUNK_PAGES);
            long offset = physical.fileOffset(pfn);
            for (long at = 0; at < run << PhysicalMemory.PAGE_SHIFT; at += 32) {
                if ((file.get(LittleEndian.U32, offset + at) & 0xfe7) == 1) {
                    pointerTable((pfn << PhysicalMemory.PAGE_SHIFT) + at, offset + at);
                }
            }
            pfn += run;
            if (certain) {
                return;
            }
        }
    }

    private void pointerTable(long physicalAddress, long offset) {
        long last = (file.get(LittleEndian.U64, offset + 24) & FRAME_64) >>> PhysicalMemory.PAGE_SHIFT;
        if (!kernelDirectoriesOfPae.contains(last) || physicalAddress > 0xffff_ffffL) {
            return;
        }
        long directory = physical.fileOffset(last);
        for (int i = 0; i < 4; i++) {
            long pointer = file.get(LittleEndian.U64, offset + 8L * i);
            long mapped = file.get(LittleEndian.U64, directory + 8L * i);
            if ((pointer & ~FRAME_64 & ~0x18) != 1 || (pointer & FRAME_64) != (mapped & FRAME_64)) {
                return;
            }
        }
        candidate(new PageDirectory(PagingMode.PAE, physicalAddress), offset);
    }
}
