package org.poolscope.lab.image;

/**
 * Two levels of 1024 entries of 32 bits (x86 without PAE). The page directory maps itself at C0300000, so that the page tables
 * appear at C0000000, as the 32-bit kernels do it.
 */
public final class PageTables32 implements PageTables {

    private static final int SELF = 0x300;
    private static final int VALID_WRITE_ACCESSED_DIRTY = 0x63;
    private static final int VALID_ACCESSED = 0x21;
    private static final int GLOBAL = 0x100;
    private static final int LARGE = 0x80;
    private static final int TRANSITION = 0x800;
    private static final int LARGE_BYTES = 4 << 20;

    private final MachineMemory memory;
    private final long directory;
    private long lastRegion = -1;
    private long lastTable;

    /** Empty tables. */
    public PageTables32(MachineMemory memory) {
        this.memory = memory;
        this.directory = newDirectory();
    }

    private long newDirectory() {
        long root = (long) memory.takeFrame() << 12;
        memory.put32(root + 4 * SELF, (int) root | VALID_WRITE_ACCESSED_DIRTY);
        return root;
    }

    @Override
    public void map(long address, int frame, Access access) {
        memory.put32(entry(address), frame << 12 | bits(access));
    }

    @Override
    public void mapLarge(long address, int firstFrame, Access access) {
        memory.put32(directory + 4 * (address >>> 22), firstFrame << 12 | bits(access) | LARGE);
    }

    private static int bits(Access access) {
        return GLOBAL | (access == Access.CODE ? VALID_ACCESSED : VALID_WRITE_ACCESSED_DIRTY);
    }

    @Override
    public void makeTransition(long address) {
        long entry = entry(address);
        memory.put32(entry, memory.u32(entry) & ~0xfff | TRANSITION | READ_WRITE);
    }

    @Override
    public void makePagedOut(long address, int pageFileSlot) {
        memory.put32(entry(address), pageFileSlot << 12 | READ_WRITE);
    }

    @Override
    public void reserve(long address) {
        entry(address);
    }

    @Override
    public void unmap(long address) {
        memory.put32(entry(address), 0);
    }

    private long entry(long address) {
        long region = address >>> 22;
        if (region != lastRegion) {
            long slot = directory + 4 * region;
            int value = memory.u32(slot);
            if (value == 0) {
                value = memory.takeFrame() << 12 | VALID_WRITE_ACCESSED_DIRTY;
                memory.put32(slot, value);
            }
            lastTable = value & 0xfffff000L;
            lastRegion = region;
        }
        return lastTable + 4 * (address >>> 12 & 0x3ff);
    }

    @Override
    public long root() {
        return directory;
    }

    @Override
    public int largePage() {
        return LARGE_BYTES;
    }

    @Override
    public long newProcessRoot() {
        long root = newDirectory();
        for (int i = 0x200; i < 0x400; i++) {
            if (i != SELF) {
                memory.put32(root + 4 * i, memory.u32(directory + 4 * i));
            }
        }
        return root;
    }
}
