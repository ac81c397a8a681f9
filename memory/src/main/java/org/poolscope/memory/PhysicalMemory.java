package org.poolscope.memory;

import java.lang.foreign.MemorySegment;

/**
 * The physical memory an image holds: for each page, where in the file it stands, whatever the format. Immutable, and free for
 * use from any thread until the image is closed.
 */
public final class PhysicalMemory {

    /** The base-2 logarithm of {@link #PAGE_SIZE}. */
    public static final int PAGE_SHIFT = 12;

    /** Bytes of a page, on x86 and x64. */
    public static final int PAGE_SIZE = 1 << PAGE_SHIFT;

    private final MemorySegment bytes;
    private final PageMap map;

    PhysicalMemory(MemorySegment bytes, PageMap map) {
        this.bytes = bytes;
        this.map = map;
    }

    /**
     * What offsets lead into: the whole file, mapped; of a hibernation file its unpacked pages, of which only those are there that offsets
     * were asked for. Integers in it are little-endian.
     */
    public MemorySegment bytes() {
        return bytes;
    }

    /** File offset of a page, or -1 when the image does not hold it. Any number may be asked; a page found is whole. */
    public long fileOffset(long pfn) {
        return map.fileOffset(pfn);
    }

    /** File offset of the byte at a physical address, or -1; good to the end of its page. */
    public long locate(long physicalAddress) {
        long page = map.fileOffset(physicalAddress >>> PAGE_SHIFT);
        return page < 0 ? -1 : page + (physicalAddress & (PAGE_SIZE - 1));
    }

    /**
     * Pages that the image says it holds, and does not, because it is cut short or damaged; 0 also when its format does not tell. What the kind
     * of dump leaves out is not counted: those pages are of no use to the kernel, while of these any may hold what is asked for.
     */
    public long missingPages() {
        return map.missingPages();
    }

    /** The highest page the image holds, -1 when it holds none. */
    public long highestPage() {
        return map.highestPage();
    }

    /** Pages the image holds. */
    public long presentPages() {
        return map.presentPages();
    }

    /**
     * How many pages from this one on stand one after another in the file: positive, at most {@code limit}. When the image does
     * not hold this page: minus the number of pages from it on that it does not hold either.
     *
     * @param limit at least 1
     */
    public long contiguous(long pfn, long limit) {
        return map.contiguous(pfn, limit);
    }

    /** The lowest page the image holds at or above this one, or -1. */
    public long nextPresent(long pfn) {
        return map.nextPresent(pfn);
    }

    /**
     * The four bytes at a physical address.
     *
     * @throws UnreadableAddressException when the image does not hold them
     */
    public int u32(long physicalAddress) {
        return bytes.get(LittleEndian.U32, place(physicalAddress, Integer.BYTES));
    }

    /**
     * The eight bytes at a physical address.
     *
     * @throws UnreadableAddressException when the image does not hold them
     */
    public long u64(long physicalAddress) {
        return bytes.get(LittleEndian.U64, place(physicalAddress, Long.BYTES));
    }

    private long place(long physicalAddress, int length) {
        long at = locate(physicalAddress);
        if (at < 0 || (physicalAddress & (PAGE_SIZE - 1)) > PAGE_SIZE - length) {
            throw new UnreadableAddressException(physicalAddress, Absence.NOT_IN_DUMP);
        }
        return at;
    }
}
