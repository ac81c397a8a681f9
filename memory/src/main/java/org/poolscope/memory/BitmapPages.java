package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * Reads the bitmap that follows the header of kernel, automatic and active dumps, and of full dumps since Windows 8: signature
 * {@code SDMP} or {@code FDMP}, then {@code DUMP}.
 *
 * <p>Its head has two forms, and sources disagree on which dump has which. {@code _SUMMARY_DUMP32} and {@code _SUMMARY_DUMP64}
 * of the Windows kits (Windows 2000 to 7) have 32-bit counts; the form that kdmp-parser, Volatility 3 and LeechCore read
 * (Windows 8 on) has 64-bit ones. So both are tried, and the one is believed whose own count of pages equals the number of set
 * bits.
 *
 * <table>
 * <caption>offsets from the signature</caption>
 * <tr><th></th><th>new</th><th>old, 32-bit</th><th>old, 64-bit</th></tr>
 * <tr><td>file offset of the first page</td><td>+20, u64</td><td>+0C, u32</td><td>+0C, u32</td></tr>
 * <tr><td>bits in the bitmap</td><td>+30, u64</td><td>+10 and +18, u32</td><td>+10 and +18, u32</td></tr>
 * <tr><td>pages stored</td><td>+28, u64</td><td>+14, u32</td><td>+14, u32</td></tr>
 * <tr><td>the bits</td><td>+38</td><td>+20</td><td>+28</td></tr>
 * </table>
 */
final class BitmapPages {

    private static final int SUMMARY = 'S' | 'D' << 8 | 'M' << 16 | 'P' << 24;
    private static final int FULL = 'F' | 'D' << 8 | 'M' << 16 | 'P' << 24;
    private static final int VALID = 'D' | 'U' << 8 | 'M' << 16 | 'P' << 24;

    /** 16 TB of memory: more bits than this no file of ours has, and their counts would take 64 MB. */
    private static final long BIT_LIMIT = 1L << 32;

    private final MemorySegment file;
    private final HeaderBytes fields;
    private final long base;
    private final List<String> warnings;

    private BitmapPages(MemorySegment file, long base, List<String> warnings) {
        this.file = file;
        this.fields = new HeaderBytes(file);
        this.base = base;
        this.warnings = warnings;
    }

    /** A form of the head, read: what it says and where its bits are. */
    private record Form(long firstPage, long bits, long pages, long bitsAt) {
    }

    /**
     * Reads the bitmap that begins at {@code base}.
     *
     * @param wide whether the dump's header is the 64-bit one
     */
    static Optional<PageMap> read(MemorySegment file, long base, boolean wide, List<String> warnings) {
        return new BitmapPages(file, base, warnings).read(wide);
    }

    private Optional<PageMap> read(boolean wide) {
        Integer signature = fields.u32(base);
        Integer valid = fields.u32(base + 4);
        if (signature == null || valid == null || signature != SUMMARY && signature != FULL || valid != VALID) {
            warnings.add("no bitmap of pages follows the header: the memory cannot be read");
            return Optional.empty();
        }
        Optional<PageBitmap> unsure = Optional.empty();
        for (Form form : List.of(newForm(), oldForm(wide, 0x18), oldForm(wide, 0x10))) {
            Optional<PageBitmap> map = map(form);
            if (map.isPresent() && map.get().promisedPages() == form.pages()) {
                return map.map(this::checked);
            }
            if (unsure.isEmpty() && map.isPresent() && map.get().promisedPages() > 0) {
                unsure = map;
                warnings.add("the bitmap marks %d pages and its header counts %d: the bitmap is believed"
                        .formatted(map.get().promisedPages(), form.pages()));
            }
        }
        if (unsure.isEmpty()) {
            warnings.add("the bitmap of pages is cut short or damaged: the memory cannot be read");
        }
        return unsure.map(this::checked);
    }

    private PageMap checked(PageBitmap map) {
        if (map.presentPages() < map.promisedPages()) {
            warnings.add("the file is cut short: %d of %d pages are missing"
                    .formatted(map.promisedPages() - map.presentPages(), map.promisedPages()));
        }
        return map;
    }

    private Form newForm() {
        return new Form(orNone(fields.u64(base + 0x20)), orNone(fields.u64(base + 0x30)), orNone(fields.u64(base + 0x28)),
                base + 0x38);
    }

    private Form oldForm(boolean wide, int bitsField) {
        return new Form(orNone(fields.u32AsLong(base + 0x0c)), orNone(fields.u32AsLong(base + bitsField)),
                orNone(fields.u32AsLong(base + 0x14)), base + (wide ? 0x28 : 0x20));
    }

    private static long orNone(Long value) {
        return value == null ? -1 : value;
    }

    /** The pages a form describes, when what it says can be. */
    private Optional<PageBitmap> map(Form form) {
        if (form.bits() <= 0 || form.bits() > BIT_LIMIT || form.pages() < 0 || form.pages() > form.bits()) {
            return Optional.empty();
        }
        long bytes = (form.bits() + 7) / 8;
        boolean inOrder = fields.has(form.bitsAt(), bytes) && form.firstPage() >= form.bitsAt() + bytes;
        if (!inOrder) {
            return Optional.empty();
        }
        long room = Math.max(file.byteSize() - form.firstPage(), 0) >> PhysicalMemory.PAGE_SHIFT;
        return Optional.of(new PageBitmap(file.asSlice(form.bitsAt(), bytes), form.bits(), form.firstPage(), room));
    }
}
