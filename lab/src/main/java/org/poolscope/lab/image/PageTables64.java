package org.poolscope.lab.image;

/**
 * Four levels of 512 entries of 64 bits (x64). The top table maps itself in one slot: 1ED in the kernels before Windows 10 1607, so that
 * the page tables appear at FFFFF680`00000000, and any other in later ones.
 */
public final class PageTables64 implements PageTables {

    private static final int SELF = 0x1ed;
    private static final long VALID = 1;
    private static final long WRITE_ACCESSED_DIRTY = 0x62;
    private static final long ACCESSED = 0x20;
    private static final long GLOBAL = 0x100;
    private static final long LARGE = 0x80;
    private static final long TRANSITION = 0x800;
    private static final long NO_EXECUTE = 1L << 63;
    private static final long FRAME = 0x0000_000f_ffff_f000L;
    private static final int LARGE_BYTES = 2 << 20;

    private final MachineMemory memory;
    private final int self;
    private final long invalidMask;
    private final long root;
    private long lastRegion = -1;
    private long lastTable;

    /** Empty tables that map themselves at FFFFF680`00000000. */
    public PageTables64(MachineMemory memory) {
        this(memory, SELF, 0);
    }

    /**
     * Empty tables.
     *
     * @param self the slot of the top table that leads to itself
     * @param invalidMask what is mixed into entries that are not valid, so that what they hold is no address of memory (against the L1TF
     *     flaw); 0 for nothing
     */
    public PageTables64(MachineMemory memory, int self, long invalidMask) {
        this.memory = memory;
        this.invalidMask = invalidMask;
        this.self = self;
        this.root = newTop();
    }

    private long newTop() {
        long top = (long) memory.takeFrame() << 12;
        memory.put64(top + 8 * self, top | VALID | WRITE_ACCESSED_DIRTY);
        return top;
    }

    @Override
    public void map(long address, int frame, Access access) {
        memory.put64(entry(address), (long) frame << 12 | bits(access));
    }

    @Override
    public void mapLarge(long address, int firstFrame, Access access) {
        memory.put64(directory(address) + 8 * (address >>> 21 & 0x1ff), (long) firstFrame << 12 | bits(access) | LARGE);
    }

    private static long bits(Access access) {
        return VALID | GLOBAL | (access == Access.CODE ? ACCESSED : WRITE_ACCESSED_DIRTY | NO_EXECUTE);
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
            lastTable = below(directory(address) + 8 * (address >>> 21 & 0x1ff));
            lastRegion = region;
        }
        return lastTable + 8 * (address >>> 12 & 0x1ff);
    }

    private long directory(long address) {
        long pointers = below(root + 8 * (address >>> 39 & 0x1ff));
        return below(pointers + 8 * (address >>> 30 & 0x1ff));
    }

    private long below(long slot) {
        long value = memory.u64(slot);
        if (value == 0) {
            value = (long) memory.takeFrame() << 12 | VALID | WRITE_ACCESSED_DIRTY;
            memory.put64(slot, value);
        }
        return value & FRAME;
    }

    @Override
    public long root() {
        return root;
    }

    @Override
    public int largePage() {
        return LARGE_BYTES;
    }

    @Override
    public long newProcessRoot() {
        long top = newTop();
        for (int i = 256; i < 512; i++) {
            if (i != self) {
                memory.put64(top + 8 * i, memory.u64(root + 8 * i));
            }
        }
        return top;
    }
}
