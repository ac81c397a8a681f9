package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/**
 * Finds out whether a raw image leaves out the hole below 4 GB.
 *
 * <p>Every process has a top page table with the kernel's entries in it, the same in all, and one entry that names the table's
 * own physical page. So once one such table is known, the others are found by the entries they share with it, and each of them
 * says where in memory it stands. Where that is not where it stands in the file, the difference is the size of the hole.
 */
final class SqueezedHole {

    /** Holes end at 4 GB. */
    static final long END_PAGE = 1L << 20;

    /** No chipset of machines with so much memory begins its hole lower: 2 GB. */
    private static final long LOWEST_START = 1L << 19;

    /** A file that is longer by 1 GB than the memory the kernel counts has the hole in it. */
    private static final long SURE_DIFFERENCE = 1L << 18;

    /** Tables are looked for up to here: 8 GB. */
    private static final long LAST_PAGE = 1L << 21;

    private static final long NOTHING_FOUND = -1;
    private static final long NO_HOLE = -2;

    private static final long FRAME = 0x000f_ffff_ffff_f000L;
    private static final int ENTRIES = 512;

    private final PhysicalMemory flat;
    private final MemorySegment file;
    private final long template;
    private final int selfSlot;
    private final int firstSlot;

    private SqueezedHole(PhysicalMemory flat, long template, int selfSlot, int firstSlot) {
        this.flat = flat;
        this.file = flat.bytes();
        this.template = template;
        this.selfSlot = selfSlot;
        this.firstSlot = firstSlot;
    }

    /**
     * The first page of the hole a file leaves out; empty when it leaves out none, or nothing tells.
     *
     * @param flat the file as memory from address 0 on
     */
    static OptionalLong find(PhysicalMemory flat) {
        if (flat.highestPage() < LOWEST_START) {
            return OptionalLong.empty();
        }
        for (PageDirectory directory : PageDirectoryFinder.find(flat)) {
            long counted = SharedUserData.physicalPages(PagedMemory.brief(flat, directory));
            if (counted != 0 && flat.highestPage() - counted >= SURE_DIFFERENCE) {
                return OptionalLong.empty();
            }
            long base = flat.fileOffset(directory.base() >>> PhysicalMemory.PAGE_SHIFT);
            if (directory.mode() == PagingMode.PAE) {
                long last = flat.u64(directory.base() + 24) & FRAME;
                return new SqueezedHole(flat, flat.fileOffset(last >>> PhysicalMemory.PAGE_SHIFT), 3, 4).search();
            }
            for (int slot = ENTRIES / 2; slot < ENTRIES && directory.mode() != PagingMode.X86; slot++) {
                long entry = flat.bytes().get(LittleEndian.U64, base + 8L * slot);
                if ((entry & PteDecoder.VALID) != 0 && (entry & FRAME) == directory.base()) {
                    return new SqueezedHole(flat, base, slot, ENTRIES / 2).search();
                }
            }
        }
        return OptionalLong.empty();
    }

    /** Looks above 4 GB first: a table there tells in either case. */
    private OptionalLong search() {
        long hole = search(END_PAGE, LAST_PAGE);
        if (hole == NOTHING_FOUND) {
            hole = search(LOWEST_START, END_PAGE);
        }
        return hole == NOTHING_FOUND || hole == NO_HOLE ? OptionalLong.empty() : OptionalLong.of(hole);
    }

    private long search(long from, long to) {
        for (long page = flat.nextPresent(from); page >= 0 && page < to; page = flat.nextPresent(page + 1)) {
            long offset = flat.fileOffset(page);
            long self = file.get(LittleEndian.U64, offset + 8L * selfSlot);
            if ((self & (PteDecoder.VALID | PteDecoder.LARGE)) != PteDecoder.VALID) {
                continue;
            }
            long shift = ((self & FRAME) >>> PhysicalMemory.PAGE_SHIFT) - page;
            boolean flatHere = shift == 0;
            boolean squeezedHere = shift > 0 && END_PAGE - shift >= LOWEST_START && page >= END_PAGE - shift;
            if ((flatHere && page >= END_PAGE || squeezedHere) && sharesTheKernel(offset)) {
                return flatHere ? NO_HOLE : END_PAGE - shift;
            }
        }
        return NOTHING_FOUND;
    }

    /** Whether a page has the entries of the known table, but for a quarter (session space and the self-map differ). */
    private boolean sharesTheKernel(long offset) {
        int used = 0;
        int same = 0;
        for (int slot = firstSlot; slot < ENTRIES; slot++) {
            long known = file.get(LittleEndian.U64, template + 8L * slot);
            if (slot != selfSlot && (known & PteDecoder.VALID) != 0) {
                used++;
                if ((file.get(LittleEndian.U64, offset + 8L * slot) & FRAME) == (known & FRAME)) {
                    same++;
                }
            }
        }
        return used >= 2 && 4 * same >= 3 * used;
    }
}
