package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the state of the processor that a hibernation file keeps before its pages, {@code KPROCESSOR_STATE}, for the page directory in it. On
 * which page it stands changed: 2 on XP and 2003, 4 or 1 on Vista, 1 on 7 (Volatility 2); so each page before the index is looked at. On x64 the
 * control registers are the first of the structure, on x86 they follow the context at 0x2CC (Microsoft's symbols, Volatility's types). What
 * is found here is tried, not believed.
 */
final class ProcessorState {

    private static final int CONTEXT_32 = 0x2cc;
    private static final long PAGING_AND_PROTECTION = 0x8000_0001L;
    private static final long EXTENDED_ADDRESSES = 1L << 5;
    private static final long FIVE_LEVELS = 1L << 12;
    private static final long ADDRESS = 0x000f_ffff_ffff_f000L;
    private static final long ADDRESS_32 = 0xffff_ffe0L;

    /** Bits of CR4 that no processor has. */
    private static final long UNUSED = ~0x1ff_ffffL;

    private ProcessorState() {
    }

    /** Page directories that pages of a file name, from page 1 to before another one. */
    static List<PageDirectory> directories(MemorySegment file, boolean wide, long before) {
        List<PageDirectory> found = new ArrayList<>();
        long last = Math.min(before, file.byteSize() >>> PhysicalMemory.PAGE_SHIFT);
        for (long page = 1; page < last; page++) {
            PageDirectory directory = wide ? at64(file, page << PhysicalMemory.PAGE_SHIFT) : at32(file, page << PhysicalMemory.PAGE_SHIFT);
            if (directory != null && !found.contains(directory)) {
                found.add(directory);
            }
        }
        return found;
    }

    private static PageDirectory at64(MemorySegment file, long at) {
        long cr3 = file.get(LittleEndian.U64, at + 0x10);
        long cr4 = file.get(LittleEndian.U64, at + 0x18);
        boolean sound = isCr0(file.get(LittleEndian.U64, at)) && (cr3 & ADDRESS) != 0 && (cr4 & EXTENDED_ADDRESSES) != 0
                && (cr4 & UNUSED) == 0;
        return sound ? new PageDirectory((cr4 & FIVE_LEVELS) != 0 ? PagingMode.X64_5 : PagingMode.X64_4, cr3 & ADDRESS) : null;
    }

    private static PageDirectory at32(MemorySegment file, long at) {
        long cr3 = Integer.toUnsignedLong(file.get(LittleEndian.U32, at + CONTEXT_32 + 0x8));
        long cr4 = Integer.toUnsignedLong(file.get(LittleEndian.U32, at + CONTEXT_32 + 0xc));
        boolean sound = isCr0(Integer.toUnsignedLong(file.get(LittleEndian.U32, at + CONTEXT_32))) && (cr3 & ADDRESS_32) != 0
                && (cr4 & UNUSED) == 0;
        boolean extended = (cr4 & EXTENDED_ADDRESSES) != 0;
        return sound ? new PageDirectory(extended ? PagingMode.PAE : PagingMode.X86, cr3 & (extended ? ADDRESS_32 : ADDRESS)) : null;
    }

    private static boolean isCr0(long value) {
        return (value & PAGING_AND_PROTECTION) == PAGING_AND_PROTECTION && value >>> Integer.SIZE == 0;
    }
}
