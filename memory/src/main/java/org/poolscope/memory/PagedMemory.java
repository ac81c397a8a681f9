package org.poolscope.memory;

import java.lang.foreign.MemorySegment;

/**
 * An address space as its page tables describe it, in x86, PAE or x64 paging, with large pages, pages in transition (trimmed
 * from a working set but still in memory) and prototype entries (shared pages).
 *
 * <p>Translations are remembered in two small shared tables (136 KB in all): pages, and the lowest tables on the way to them.
 * Whoever looks at all of memory does not translate at all, but takes the pieces that {@link #forEachRegion} finds.
 */
public final class PagedMemory extends VirtualMemory {

    private static final long OFFSET_MASK = PhysicalMemory.PAGE_SIZE - 1;

    private static final int PAGE_CACHE_BITS = 13;
    private static final int TABLE_CACHE_BITS = 9;

    private final PhysicalMemory physical;
    private final PageDirectory directory;
    private final PagingMode mode;
    private final PteDecoder decoder;
    private final PteRules rules;
    private final MemorySegment file;
    private final long rootOffset;
    private final int topShift;
    private final int indexBits;
    private final int indexMask;
    private final boolean wide;
    private final int lowTableShift;
    private final int canonicalShift;
    private final TranslationCache pages;
    private final TranslationCache tables;

    private PagedMemory(PhysicalMemory physical, PageDirectory directory, PteRules rules, int pageCacheBits, int tableCacheBits) {
        super(physical.bytes());
        this.pages = new TranslationCache(pageCacheBits);
        this.tables = new TranslationCache(tableCacheBits);
        this.physical = physical;
        this.directory = directory;
        this.mode = directory.mode();
        this.rules = rules;
        this.decoder = new PteDecoder(mode, rules, physical.highestPage());
        this.file = physical.bytes();
        this.rootOffset = physical.locate(directory.base());
        this.topShift = mode.topShift();
        this.indexBits = mode.indexBits();
        this.indexMask = (1 << indexBits) - 1;
        this.wide = mode.entrySize() == Long.BYTES;
        this.lowTableShift = PhysicalMemory.PAGE_SHIFT + indexBits;
        this.canonicalShift = Long.SIZE - mode.addressBits();
    }

    /**
     * The address space whose top table stands at a physical address.
     *
     * @param directoryTableBase the value of CR3; its flag bits are ignored
     */
    public static PagedMemory of(PhysicalMemory physical, PagingMode mode, long directoryTableBase) {
        return of(physical, new PageDirectory(mode, directoryTableBase), PteRules.UNKNOWN);
    }

    /** The same, knowing what the kernel's build says about entries that are not valid. */
    public static PagedMemory of(PhysicalMemory physical, PageDirectory directory, PteRules rules) {
        return new PagedMemory(physical, directory, rules, PAGE_CACHE_BITS, TABLE_CACHE_BITS);
    }

    /** An address space for a look or two: it remembers almost nothing, and costs almost nothing. */
    static PagedMemory brief(PhysicalMemory physical, PageDirectory directory) {
        return new PagedMemory(physical, directory, PteRules.UNKNOWN, 0, 0);
    }

    /** The same address space under other rules for entries that are not valid. */
    public PagedMemory with(PteRules rules) {
        return of(physical, directory, rules);
    }

    /**
     * The address space of another process of the same machine.
     *
     * @param directoryTableBase the physical address of its top table, as the process keeps it
     */
    public PagedMemory ofProcess(long directoryTableBase) {
        return new PagedMemory(physical, new PageDirectory(mode, directoryTableBase), rules, 0, 0);
    }

    /** The root of this address space. */
    public PageDirectory directory() {
        return directory;
    }

    /** The memory the tables are read from. */
    public PhysicalMemory physical() {
        return physical;
    }

    @Override
    public int pointerSize() {
        return mode.architecture().pointerSize();
    }

    @Override
    public long canonical(long va) {
        return canonicalShift == 32 ? va & 0xffff_ffffL : va << canonicalShift >> canonicalShift;
    }

    @Override
    public int extent(long va) {
        return (int) (PhysicalMemory.PAGE_SIZE - (va & OFFSET_MASK));
    }

    @Override
    public long locate(long va) {
        long page = va >>> PhysicalMemory.PAGE_SHIFT;
        long answer = pages.get(page);
        if (answer == TranslationCache.MISS) {
            answer = translate(va, true);
            pages.put(page, answer);
        }
        return answer < 0 ? answer : answer + (va & OFFSET_MASK);
    }

    /**
     * The physical address behind a virtual one, whether the image holds that page or not; or the code of an {@link Absence}
     * when there is none. Slower than {@link #locate}.
     */
    public long physicalAddress(long va) {
        long frame = frame(va, true);
        return frame < 0 ? frame : frame << PhysicalMemory.PAGE_SHIFT | va & OFFSET_MASK;
    }

    /**
     * Visits every page from one address to another, in order, once; neighbours that stand together in the file as one piece. The
     * tables are walked, not searched: addresses with no table cost nothing.
     *
     * <p>Bounded for any content: a table is entered once. A second way to the same table (the self-map through which the kernel
     * sees its own tables, or damage) is skipped and counted.
     *
     * @param from the first address
     * @param last the last address, inclusive
     * @return how much was found, and whether anything was left out
     */
    public WalkSummary forEachRegion(long from, long last, RegionVisitor visitor) {
        return new TableWalk(this, visitor, from, last).run();
    }

    /** Visits every page of the kernel's half of the address space, as {@link #forEachRegion}. */
    public WalkSummary forEachKernelRegion(RegionVisitor visitor) {
        return forEachRegion(mode.kernelStart(), mode.lastAddress(), visitor);
    }

    /** File offset of the page of an address, or the code of an absence. */
    private long translate(long va, boolean followPrototypes) {
        long frame = frame(va, followPrototypes);
        return frame < 0 ? frame : frameOffset(frame);
    }

    private long frameOffset(long frame) {
        long offset = physical.fileOffset(frame);
        return offset < 0 ? Absence.NOT_IN_DUMP.code() : offset;
    }

    private long frame(long va, boolean followPrototypes) {
        if (canonical(va) != va) {
            return Absence.NOT_MAPPED.code();
        }
        long key = va >>> lowTableShift;
        long table = tables.get(key);
        if (table == TranslationCache.MISS) {
            table = rootOffset < 0 ? Absence.TABLE_NOT_IN_DUMP.code() : rootOffset;
            for (int shift = topShift; shift > PhysicalMemory.PAGE_SHIFT; shift -= indexBits) {
                if (table < 0) {
                    return table;
                }
                long entry = entry(table, (int) (va >>> shift) & indexMask);
                if (isLarge(entry, shift)) {
                    long inside = va & (1L << shift) - 1;
                    return decoder.largeFrame(entry, shift) + (inside >>> PhysicalMemory.PAGE_SHIFT);
                }
                table = tableOffset(entry);
            }
            tables.put(key, table);
        }
        if (table < 0) {
            return table;
        }
        return leafFrame(entry(table, (int) (va >>> PhysicalMemory.PAGE_SHIFT) & indexMask), followPrototypes);
    }

    /** The frame a lowest-level entry leads to, or the code of an absence. */
    long leafFrame(long entry, boolean followPrototypes) {
        long frame = decoder.frame(entry);
        if (frame != PteDecoder.PROTOTYPE_ANSWER) {
            return frame;
        }
        long prototype = decoder.prototypeAddress(entry);
        if (!followPrototypes || prototype == 0 || (prototype & mode.entrySize() - 1) != 0) {
            return Absence.SECTION.code();
        }
        // Prototype entries stand in paged pool, whose own pages are never shared: no further detour.
        long page = translate(prototype, false);
        if (page < 0) {
            return Absence.SECTION.code();
        }
        return decoder.prototypeFrame(entry(page, (int) (prototype & OFFSET_MASK) / mode.entrySize()));
    }

    /** Whether an entry of the level with this shift maps a large page. */
    boolean isLarge(long entry, int shift) {
        return (entry & (PteDecoder.VALID | PteDecoder.LARGE)) == (PteDecoder.VALID | PteDecoder.LARGE)
                && shift > PhysicalMemory.PAGE_SHIFT && shift <= mode.largestPageShift();
    }

    /** The first frame of the large page an entry maps. */
    long largeFrame(long entry, int shift) {
        return decoder.largeFrame(entry, shift);
    }

    /** File offset of the table an entry of a higher level leads to, or the code of an absence. */
    long tableOffset(long entry) {
        long frame = decoder.frame(entry);
        if (frame < 0) {
            return frame == PteDecoder.PROTOTYPE_ANSWER ? Absence.BAD_TABLE.code() : frame;
        }
        long offset = physical.fileOffset(frame);
        return offset < 0 ? Absence.TABLE_NOT_IN_DUMP.code() : offset;
    }

    /** An entry of the table at a file offset. Tables are whole pages inside the file, or the 32 bytes of PAE's top table. */
    long entry(long table, int index) {
        return wide ? file.get(LittleEndian.U64, table + 8L * index)
                : Integer.toUnsignedLong(file.get(LittleEndian.U32, table + 4L * index));
    }

    /** Copies the entries of a table that is a whole page. */
    void copyTable(long table, long[] to) {
        if (wide) {
            MemorySegment.copy(file, LittleEndian.U64, table, to, 0, to.length);
            return;
        }
        for (int i = 0; i < to.length; i++) {
            to[i] = entry(table, i);
        }
    }

    PagingMode mode() {
        return mode;
    }

    /** File offset of the top table, or negative. */
    long rootOffset() {
        return rootOffset;
    }
}
