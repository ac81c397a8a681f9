package org.poolscope.symbols.pdb;

/**
 * Turns a symbol's place, section and offset, into bytes from the program's base. Kernels of the days before Vista were moved
 * about after linking: then sections are those of the linker, and a second map ({@code OMAP}) tells where each piece went.
 */
final class Sections {

    private static final int SECTION_HEADER = 40;
    private static final int VIRTUAL_SIZE = 8;
    private static final int VIRTUAL_ADDRESS = 12;
    private static final int OMAP_ENTRY = 8;

    private final PdbBytes headers;
    private final PdbBytes moved;

    /**
     * Prepares.
     *
     * @param headers section headers as the linker first wrote them
     * @param moved the map from there to the program as it is; empty when nothing was moved
     */
    Sections(PdbBytes headers, PdbBytes moved) {
        this.headers = headers;
        this.moved = moved;
    }

    /** Bytes from the program's base, or -1 when the place is outside every section or was thrown away. */
    long rva(int section, long offset) {
        int header = (section - 1) * SECTION_HEADER;
        if (section < 1 || header + SECTION_HEADER > headers.length()) {
            return -1;
        }
        // a section's data may be longer in memory than its size says, up to the next page
        if (offset >= (headers.u32(header + VIRTUAL_SIZE) + 0xfff & ~0xfffL)) {
            return -1;
        }
        long rva = headers.u32(header + VIRTUAL_ADDRESS) + offset;
        return moved.length() == 0 ? rva : moved(rva);
    }

    private long moved(long rva) {
        int low = 0;
        int high = moved.length() / OMAP_ENTRY - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            if (moved.u32(middle * OMAP_ENTRY) <= rva) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        if (high < 0) {
            return -1;
        }
        long to = moved.u32(high * OMAP_ENTRY + 4);
        return to == 0 ? -1 : to + rva - moved.u32(high * OMAP_ENTRY);
    }
}
