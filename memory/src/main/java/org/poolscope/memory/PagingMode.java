package org.poolscope.memory;

import org.poolscope.model.Architecture;

/**
 * How a processor turns virtual into physical addresses (Intel SDM volume 3, chapter "Paging").
 */
public enum PagingMode {
    /** 32-bit paging: two levels of 1024 entries of 4 bytes; large pages of 4 MB with PSE-36. */
    X86("x86", Architecture.X86, 2, 10, 4, 22, 0xffff_f000L),
    /** Physical address extension: 4 pointers, then two levels of 512 entries of 8 bytes; large pages of 2 MB. */
    PAE("x86 PAE", Architecture.X86, 3, 9, 8, 21, 0xffff_ffe0L),
    /** Long mode with four levels of 512 entries; large pages of 2 MB and 1 GB. */
    X64_4("x64, 4 levels", Architecture.X64, 4, 9, 8, 30, 0x000f_ffff_ffff_f000L),
    /** Long mode with five levels. */
    X64_5("x64, 5 levels", Architecture.X64, 5, 9, 8, 30, 0x000f_ffff_ffff_f000L);

    private final String words;
    private final Architecture architecture;
    private final int levels;
    private final int indexBits;
    private final int entrySize;
    private final int largestPageShift;
    private final long baseMask;

    PagingMode(String words, Architecture architecture, int levels, int indexBits, int entrySize, int largestPageShift,
            long baseMask) {
        this.words = words;
        this.architecture = architecture;
        this.levels = levels;
        this.indexBits = indexBits;
        this.entrySize = entrySize;
        this.largestPageShift = largestPageShift;
        this.baseMask = baseMask;
    }

    /** The architecture that has it. */
    public Architecture architecture() {
        return architecture;
    }

    /** Levels of tables. */
    public int levels() {
        return levels;
    }

    /** Bytes of a table entry. */
    public int entrySize() {
        return entrySize;
    }

    /** The bits of register CR3 that are the physical address of the top table; the others are flags or a PCID. */
    public long baseMask() {
        return baseMask;
    }

    /** Bits of the address that index one table; the top table of PAE uses two of them. */
    int indexBits() {
        return indexBits;
    }

    /** The shift of the highest level whose entries may map a page themselves. */
    int largestPageShift() {
        return largestPageShift;
    }

    /** The shift of the top table's index. */
    int topShift() {
        return PhysicalMemory.PAGE_SHIFT + (levels - 1) * indexBits;
    }

    /** Entries of the top table. */
    int topEntries() {
        return this == PAE ? 4 : 1 << indexBits;
    }

    /** Bits of a virtual address that translation uses: 32, 48 or 57. */
    int addressBits() {
        return switch (this) {
            case X86, PAE -> 32;
            case X64_4 -> 48;
            case X64_5 -> 57;
        };
    }

    /**
     * The lowest address that can belong to the kernel: half of the address space. (With the {@code /3GB} switch user space
     * reaches further, to {@code MmSystemRangeStart}.)
     */
    public long kernelStart() {
        return switch (this) {
            case X86, PAE -> 0x8000_0000L;
            case X64_4 -> 0xffff_8000_0000_0000L;
            case X64_5 -> 0xff00_0000_0000_0000L;
        };
    }

    /** The highest address there is. */
    public long lastAddress() {
        return architecture == Architecture.X86 ? 0xffff_ffffL : -1L;
    }

    @Override
    public String toString() {
        return words;
    }
}
