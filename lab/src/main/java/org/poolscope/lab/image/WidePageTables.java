package org.poolscope.lab.image;

/** Page tables with entries of 64 bits, 512 to a table: how entries are made is the same whatever stands above the last two levels. */
abstract sealed class WidePageTables implements PageTables permits PageTablesPae, PageTables64 {

    static final long VALID = 1;
    static final long WRITE_ACCESSED_DIRTY = 0x62;
    private static final long ACCESSED = 0x20;
    private static final long GLOBAL = 0x100;
    private static final long LARGE = 0x80;
    private static final long TRANSITION = 0x800;
    private static final long FRAME = 0x0000_000f_ffff_f000L;
    private static final int LARGE_BYTES = 2 << 20;

    final MachineMemory memory;
    private final long noExecute;
    private final long invalidMask;
    private long lastRegion = -1;
    private long lastTable;

    /**
     * @param noExecute the bits of an entry whose page holds no code
     * @param invalidMask what is mixed into entries that are not valid; 0 for nothing
     */
    WidePageTables(MachineMemory memory, long noExecute, long invalidMask) {
        this.memory = memory;
        this.noExecute = noExecute;
        this.invalidMask = invalidMask;
    }

    /** Where the entry of the page table, or large page, of an address stands; tables above it are made. */
    abstract long directorySlot(long address);

    @Override
    public void map(long address, int frame, Access access) {
        memory.put64(entry(address), (long) frame << 12 | bits(access));
    }

    @Override
    public void mapLarge(long address, int firstFrame, Access access) {
        memory.put64(directorySlot(address), (long) firstFrame << 12 | bits(access) | LARGE);
    }

    private long bits(Access access) {
        return VALID | GLOBAL | (access == Access.CODE ? ACCESSED : WRITE_ACCESSED_DIRTY | noExecute);
    }

    @Override
    public void makeTransition(long address) {
        long entry = entry(address);
        memory.put64(entry, memory.u64(entry) & FRAME ^ invalidMask | TRANSITION | READ_WRITE);
    }

    @Override
    public void makePagedOut(long address, int pageFileSlot) {
        memory.put64(entry(address), (long) pageFileSlot << 32 ^ invalidMask | READ_WRITE);
    }

    @Override
    public void reserve(long address) {
        entry(address);
    }

    @Override
    public void unmap(long address) {
        memory.put64(entry(address), 0);
    }

    private long entry(long address) {
        long region = address >>> 21;
        if (region != lastRegion) {
            lastTable = below(directorySlot(address));
            lastRegion = region;
        }
        return lastTable + 8 * (address >>> 12 & 0x1ff);
    }

    /** The table an entry leads to, made if there is none yet. */
    final long below(long slot) {
        long value = memory.u64(slot);
        if (value == 0) {
            value = (long) memory.takeFrame() << 12 | VALID | WRITE_ACCESSED_DIRTY;
            memory.put64(slot, value);
        }
        return value & FRAME;
    }

    @Override
    public int largePage() {
        return LARGE_BYTES;
    }
}
