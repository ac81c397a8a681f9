package org.poolscope.lab.image;

/**
 * Three levels with entries of 64 bits (x86 with PAE). The four page directories map themselves at C0600000, so that the page
 * tables appear at C0000000.
 */
public final class PageTablesPae implements PageTables {

    private static final long VALID = 1;
    private static final long WRITE_ACCESSED_DIRTY = 0x62;
    private static final long ACCESSED = 0x20;
    private static final long GLOBAL = 0x100;
    private static final long LARGE = 0x80;
    private static final long TRANSITION = 0x800;
    private static final long FRAME = 0x0000_000f_ffff_f000L;
    private static final int LARGE_BYTES = 2 << 20;

    private final MachineMemory memory;
    private final long root;
    private final long[] directories;
    private long lastRegion = -1;
    private long lastTable;

    /** Empty tables. */
    public PageTablesPae(MachineMemory memory) {
        this.memory = memory;
        this.directories = new long[4];
        this.root = newTop(directories);
    }

    private long newTop(long[] into) {
        // CR3 of a PAE machine holds a multiple of 32: the kernel packs several of these small tables into a page.
        long top = ((long) memory.takeFrame() << 12) + 0x20;
        for (int i = 0; i < 4; i++) {
            into[i] = (long) memory.takeFrame() << 12;
            memory.put64(top + 8 * i, into[i] | VALID);
        }
        for (int i = 0; i < 4; i++) {
            memory.put64(into[3] + 8 * i, into[i] | VALID | WRITE_ACCESSED_DIRTY);
        }
        return top;
    }

    @Override
    public void map(long address, int frame, Access access) {
        memory.put64(entry(address), (long) frame << 12 | bits(access));
    }

    @Override
    public void mapLarge(long address, int firstFrame, Access access) {
        memory.put64(directorySlot(address), (long) firstFrame << 12 | bits(access) | LARGE);
    }

    private static long bits(Access access) {
        return VALID | GLOBAL | (access == Access.CODE ? ACCESSED : WRITE_ACCESSED_DIRTY);
    }

    @Override
    public void makeTransition(long address) {
        long entry = entry(address);
        memory.put64(entry, memory.u64(entry) & FRAME | TRANSITION | READ_WRITE);
    }

    @Override
    public void makePagedOut(long address, int pageFileSlot) {
        memory.put64(entry(address), (long) pageFileSlot << 32 | READ_WRITE);
    }

    @Override
    public void reserve(long address) {
        entry(address);
    }

    @Override
    public void unmap(long address) {
        memory.put64(entry(address), 0);
    }

    private long directorySlot(long address) {
        return directories[(int) (address >>> 30)] + 8 * (address >>> 21 & 0x1ff);
    }

    private long entry(long address) {
        long region = address >>> 21;
        if (region != lastRegion) {
            long slot = directorySlot(address);
            long value = memory.u64(slot);
            if (value == 0) {
                value = (long) memory.takeFrame() << 12 | VALID | WRITE_ACCESSED_DIRTY;
                memory.put64(slot, value);
            }
            lastTable = value & FRAME;
            lastRegion = region;
        }
        return lastTable + 8 * (address >>> 12 & 0x1ff);
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
        long[] fresh = new long[4];
        long top = newTop(fresh);
        for (int d = 2; d < 4; d++) {
            for (int i = d == 3 ? 4 : 0; i < 512; i++) {
                memory.put64(fresh[d] + 8 * i, memory.u64(directories[d] + 8 * i));
            }
        }
        return top;
    }
}
