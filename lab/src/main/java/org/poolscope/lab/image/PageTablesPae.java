package org.poolscope.lab.image;

/**
 * Three levels with entries of 64 bits (x86 with PAE). The four page directories map themselves at C0600000, so that the page
 * tables appear at C0000000.
 */
public final class PageTablesPae extends WidePageTables {

    private final long root;
    private final long[] directories;

    /** Empty tables. */
    public PageTablesPae(MachineMemory memory) {
        super(memory, 0, 0);
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
    long directorySlot(long address) {
        return directories[(int) (address >>> 30)] + 8 * (address >>> 21 & 0x1ff);
    }

    @Override
    public long root() {
        return root;
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
