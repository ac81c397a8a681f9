package org.poolscope.lab.image;

/**
 * Four levels of 512 entries of 64 bits (x64). The top table maps itself in one slot: 1ED in the kernels before Windows 10 1607, so that
 * the page tables appear at FFFFF680`00000000, and any other in later ones.
 */
public final class PageTables64 extends WidePageTables {

    private static final int SELF = 0x1ed;
    private static final long NO_EXECUTE = 1L << 63;

    private final int self;
    private final long root;

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
        super(memory, NO_EXECUTE, invalidMask);
        this.self = self;
        this.root = newTop();
    }

    private long newTop() {
        long top = (long) memory.takeFrame() << 12;
        memory.put64(top + 8 * self, top | VALID | WRITE_ACCESSED_DIRTY);
        return top;
    }

    @Override
    long directorySlot(long address) {
        long pointers = below(root + 8 * (address >>> 39 & 0x1ff));
        return below(pointers + 8 * (address >>> 30 & 0x1ff)) + 8 * (address >>> 21 & 0x1ff);
    }

    @Override
    public long root() {
        return root;
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
