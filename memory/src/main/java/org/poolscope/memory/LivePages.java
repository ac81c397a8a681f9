package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * Reads the list of page ranges that follows the header of a live dump (types 8, 9 and 0xA): signature {@code RDMP}, {@code
 * DUMP}. Layout as kdmp-parser (MIT) reads it; the pages are packed in the order of the ranges.
 *
 * <pre>
 *   +00 u32 0x40, 'RDMP', 'DUMP', u32       +10 u64 bytes of metadata       +18 u64 file offset of the first page
 *   types 8, 9:  +20 two u64 unknown        +30 { u64 first page, u64 pages } … until a first page of 0
 *   type A:      +20 u64 number of ranges   +28 u64 pages in all            +30 the same pairs
 * </pre>
 */
final class LivePages {

    private static final int SIGNATURE = 'R' | 'D' << 8 | 'M' << 16 | 'P' << 24;
    private static final int VALID = 'D' | 'U' << 8 | 'M' << 16 | 'P' << 24;
    private static final int RANGES = 0x30;
    private static final int RANGE_SIZE = 16;

    private LivePages() {
    }

    /**
     * Reads the ranges.
     *
     * @param base where the list begins: the end of the dump's header
     * @param counted whether the list says how many pages it describes (type 0xA)
     */
    static Optional<PageMap> read(MemorySegment file, long base, boolean counted, List<String> warnings) {
        HeaderBytes fields = new HeaderBytes(file);
        Integer signature = fields.u32(base + 4);
        Integer valid = fields.u32(base + 8);
        Long metadata = fields.u64(base + 0x10);
        Long firstPage = fields.u64(base + 0x18);
        if (signature == null || signature != SIGNATURE || valid == null || valid != VALID || metadata == null
                || firstPage == null
                || firstPage < base + RANGES) {
            warnings.add("no list of page ranges follows the header: the memory cannot be read");
            return Optional.empty();
        }
        if (metadata - 0x20 != firstPage - base - 0x40) {
            warnings.add("the list of page ranges does not end where the pages begin; the place of the pages is believed");
        }
        Long pages = counted ? fields.u64(base + 0x28) : null;
        long left = pages == null ? Long.MAX_VALUE : pages;
        PageRuns.Builder runs = new PageRuns.Builder(file.byteSize());
        long offset = firstPage;
        for (long at = base + RANGES; at <= firstPage - RANGE_SIZE && left > 0; at += RANGE_SIZE) {
            if (!fields.has(at, RANGE_SIZE)) {
                warnings.add("the file ends inside its list of page ranges");
                break;
            }
            long first = file.get(LittleEndian.U64, at);
            long count = file.get(LittleEndian.U64, at + 8);
            if (first == 0 && !counted) {
                break;
            }
            if (first < 0 || count <= 0 || first >= PageRuns.Builder.PAGE_LIMIT || count > PageRuns.Builder.PAGE_LIMIT) {
                warnings.add("a range of pages at offset 0x%x makes no sense: it and what follows are left out".formatted(at));
                break;
            }
            runs.add(first, count, offset);
            left -= count;
            // Past this no page can stand in any file, and the sum could overflow.
            offset = Math.min(offset + (count << PhysicalMemory.PAGE_SHIFT), 1L << 60);
        }
        PageRuns map = runs.build();
        if (runs.missingPages() > 0) {
            warnings.add("the file is cut short: %d of %d pages are missing"
                    .formatted(runs.missingPages(), runs.missingPages() + map.presentPages()));
        }
        if (runs.overlapping()) {
            warnings.add("the dump lists some pages twice; the first place of each is used");
        }
        return Optional.of(map);
    }
}
