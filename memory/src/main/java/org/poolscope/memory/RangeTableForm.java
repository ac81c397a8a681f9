package org.poolscope.memory;

import java.lang.foreign.MemorySegment;

/**
 * The forms of {@code PO_MEMORY_RANGE_ARRAY}, a page that lists which ranges of memory the blocks behind it hold: the page of the next such
 * table, a count, and the first page and the page after the last of each range. As Volatility 2 and Hibr2Bin describe them; on Vista x86 with
 * Service Pack 2 they disagree, and both forms are tried.
 */
enum RangeTableForm {
    /** XP, 2003 and Vista, x86. */
    NT5_32(false, 0x4, 0xc, 0x10, 0x10, 0x4),
    /** Vista Service Pack 2, x86. */
    VISTA_32(false, 0x4, 0x8, 0xc, 0x8, 0x0),
    /** 7, x86. */
    WINDOWS_7_32(false, 0x0, 0x4, 0x8, 0x8, 0x0),
    /** XP, 2003 and Vista, x64. */
    NT5_64(true, 0x8, 0x14, 0x20, 0x20, 0x8),
    /** Vista Service Pack 2, x64. */
    VISTA_64(true, 0x8, 0x10, 0x18, 0x10, 0x0),
    /** 7, x64. */
    WINDOWS_7_64(true, 0x0, 0x8, 0x10, 0x10, 0x0);

    private final boolean wide;
    private final int nextField;
    private final int countField;
    private final int entries;
    private final int entrySize;
    private final int firstField;

    RangeTableForm(boolean wide, int nextField, int countField, int entries, int entrySize, int firstField) {
        this.wide = wide;
        this.nextField = nextField;
        this.countField = countField;
        this.entries = entries;
        this.entrySize = entrySize;
        this.firstField = firstField;
    }

    boolean wide() {
        return wide;
    }

    /** How many ranges fit into a table. Windows begins another only when one is full; else what the link says is left over. */
    int capacity() {
        return (PhysicalMemory.PAGE_SIZE - entries) / entrySize;
    }

    /** How many ranges the table at a page of the file has; -1 when that cannot be. */
    int count(MemorySegment file, long table) {
        int count = file.get(LittleEndian.U32, table + countField);
        return count < 0 || count > capacity() ? -1 : count;
    }

    /** The page of the next table, 0 when this is the last. */
    long next(MemorySegment file, long table) {
        return count(file, table) < capacity() ? 0 : number(file, table + nextField);
    }

    /** The first page of a range. */
    long first(MemorySegment file, long table, int range) {
        return number(file, table + entries + (long) range * entrySize + firstField);
    }

    /** The page behind the last of a range. */
    long end(MemorySegment file, long table, int range) {
        return number(file, table + entries + (long) range * entrySize + firstField + (wide ? Long.BYTES : Integer.BYTES));
    }

    /** How many pages all ranges of a table have; -1 when it is no such table. */
    long pages(MemorySegment file, long table) {
        int count = count(file, table);
        long pages = count < 1 ? -1 : 0;
        for (int range = 0; range < count; range++) {
            long first = first(file, table, range);
            long end = end(file, table, range);
            if (first < 0 || end <= first || end > PageRuns.Builder.PAGE_LIMIT) {
                return -1;
            }
            pages += end - first;
        }
        return pages;
    }

    private long number(MemorySegment file, long at) {
        return wide ? file.get(LittleEndian.U64, at) : Integer.toUnsignedLong(file.get(LittleEndian.U32, at));
    }
}
