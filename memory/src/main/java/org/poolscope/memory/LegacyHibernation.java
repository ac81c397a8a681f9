package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the index of a hibernation file of XP to 7: tables of ranges ({@link RangeTableForm}), each followed by the blocks that hold its
 * ranges, one page after another, up to 16 in a block. A block begins with {@code 81 81 "xpress"}, then 32 bits: the pages in it less one
 * in the lower ten, its packed bytes less one in the others; its bytes begin at 0x20, and the next block at a multiple of eight behind them
 * (libhibr, Hibr2Bin, Volatility 2). A block that is no smaller packed is stored as it is. Nothing but these heads is read here.
 *
 * <p>The form of the tables is not told. One is believed when the pages of its ranges are as many as those of the blocks behind it; in a file
 * that is cut short, when the header leaves no other.
 */
final class LegacyHibernation {

    private static final long SIGNATURE = 0x7373_6572_7078_8181L;   // 81 81 'x' 'p' 'r' 'e' 's' 's'
    private static final int HEAD = 0x20;
    private static final int INFO = 8;
    private static final int ALIGNMENT = 8;
    private static final int COUNT_BITS = 10;

    /** How far a block may stand behind where the one before it ends, as Volatility looks for it. */
    private static final int GAP = 10 << 10;

    /** Where the first block is looked for when no header tells. */
    private static final int FIRST_PAGES = 64;

    private final MemorySegment file;
    private final HibernatedBlocks.Builder blocks = new HibernatedBlocks.Builder();
    private final List<String> warnings = new ArrayList<>();
    private long missing;

    private LegacyHibernation(MemorySegment file) {
        this.file = file;
    }

    /** Whether blocks of this kind begin at a page near the beginning of a file: its page, or empty. */
    static Optional<Long> firstBlock(MemorySegment file) {
        for (long page = 1; page < FIRST_PAGES; page++) {
            if (isBlock(file, page << PhysicalMemory.PAGE_SHIFT)) {
                return Optional.of(page);
            }
        }
        return Optional.empty();
    }

    /**
     * Reads the index.
     *
     * @param tables where the first table may be, the likeliest first
     * @return empty when there is no table with blocks behind it at any of these pages, nor where the first block is
     */
    static Optional<HibernationIndex> read(MemorySegment file, List<HibernationHeader.Table> tables) {
        LegacyHibernation reader = new LegacyHibernation(file);
        for (HibernationHeader.Table table : tables) {
            Optional<HibernationIndex> index = reader.from(table);
            if (index.isPresent()) {
                return index;
            }
        }
        Optional<Long> first = firstBlock(file);
        if (first.isEmpty()) {
            return Optional.empty();
        }
        reader.warnings.add("the header does not lead to the pages: they were found by searching");
        return reader.from(new HibernationHeader.Table(first.get() - 1, List.of()));
    }

    private Optional<HibernationIndex> from(HibernationHeader.Table table) {
        if (table.page() <= 0 || table.page() >= file.byteSize() >>> PhysicalMemory.PAGE_SHIFT
                || !isBlock(file, table.page() + 1 << PhysicalMemory.PAGE_SHIFT)) {
            return Optional.empty();
        }
        long at = table.page() << PhysicalMemory.PAGE_SHIFT;
        return form(at, table.forms()).map(form -> {
            tables(at, form);
            return new HibernationIndex(blocks, form.wide(), table.page(), warnings);
        });
    }

    private static boolean isBlock(MemorySegment file, long at) {
        return at >= 0 && at <= file.byteSize() - HEAD && file.get(LittleEndian.U64, at) == SIGNATURE;
    }

    private static int pagesAt(MemorySegment file, long block) {
        return (file.get(LittleEndian.U32, block + INFO) & (1 << COUNT_BITS) - 1) + 1;
    }

    private static int packedSizeAt(MemorySegment file, long block) {
        return (file.get(LittleEndian.U32, block + INFO) >>> COUNT_BITS) + 1;
    }

    /** Where the next block behind this one is looked for. */
    private static long behind(MemorySegment file, long block) {
        return block + HEAD + (packedSizeAt(file, block) + ALIGNMENT - 1 & -ALIGNMENT);
    }

    /** The first block from a place on, or -1. */
    private long blockFrom(long from) {
        for (long at = from; at <= from + GAP; at += ALIGNMENT) {
            if (isBlock(file, at)) {
                return at;
            }
        }
        return -1;
    }

    /** How the pages that a table lists, read in some form, go with the blocks behind it. */
    private enum Fit {
        /** There are as many, and then no more blocks before the next table. */
        WHOLE,
        /** The blocks end too early, or the next table is nowhere: the file is cut short or damaged, or it is another form. */
        POSSIBLE,
        /** It cannot be this form. */
        NONE
    }

    /**
     * The form of a table: the one whose pages go with the blocks; where no form's do, the only one that systems with such a header have and
     * that does not contradict the blocks. Of several that go the first expected is taken, else the one with the most ranges.
     */
    private Optional<RangeTableForm> form(long table, List<RangeTableForm> expected) {
        RangeTableForm whole = null;
        List<RangeTableForm> possible = new ArrayList<>();
        for (RangeTableForm form : RangeTableForm.values()) {
            Fit fit = fit(table, form);
            if (fit == Fit.WHOLE && (whole == null || isBetter(table, form, whole, expected))) {
                whole = form;
            } else if (fit == Fit.POSSIBLE && expected.contains(form)) {
                possible.add(form);
            }
        }
        return whole != null ? Optional.of(whole) : possible.stream().findFirst().filter(any -> possible.size() == 1);
    }

    private boolean isBetter(long table, RangeTableForm form, RangeTableForm than, List<RangeTableForm> expected) {
        int order = Integer.compareUnsigned(expected.indexOf(form), expected.indexOf(than));
        return order < 0 || order == 0 && form.count(file, table) > than.count(file, table);
    }

    private Fit fit(long table, RangeTableForm form) {
        long left = form.pages(file, table);
        if (left <= 0) {
            return Fit.NONE;
        }
        long at = table + PhysicalMemory.PAGE_SIZE;
        while (left > 0) {
            long block = blockFrom(at);
            if (block < 0) {
                return Fit.POSSIBLE;
            }
            left -= pagesAt(file, block);
            at = behind(file, block);
        }
        long next = form.next(file, table);
        if (left < 0 || isBlock(file, at)) {
            return Fit.NONE;
        }
        boolean leadsOn = next > 0 && next <= PageRuns.Builder.PAGE_LIMIT && next << PhysicalMemory.PAGE_SHIFT >= at;
        return next == 0 || leadsOn ? Fit.WHOLE : Fit.POSSIBLE;
    }

    /** Goes through the chain of tables. Each stands behind the blocks of the one before it, so this ends. */
    private void tables(long first, RangeTableForm form) {
        long table = first;
        while (true) {
            long pages = form.pages(file, table);
            if (pages < 0) {
                warnings.add("the table of ranges at 0x%x makes no sense: it and what follows are left out".formatted(table));
                break;
            }
            long end = blocks(table, form);
            if (end < 0) {
                break;
            }
            long next = form.next(file, table);
            if (next == 0) {
                break;
            }
            if (next > file.byteSize() >>> PhysicalMemory.PAGE_SHIFT || next << PhysicalMemory.PAGE_SHIFT < end) {
                warnings.add("the table of ranges at 0x%x is followed by page 0x%x, where none can be: what follows is left out"
                        .formatted(table, next));
                break;
            }
            table = next << PhysicalMemory.PAGE_SHIFT;
            if (table > file.byteSize() - PhysicalMemory.PAGE_SIZE) {
                warnings.add("the file is cut short inside its list of memory: what follows 0x%x is missing".formatted(table));
                blocks.miss(1);
                break;
            }
        }
        if (missing > 0) {
            blocks.miss(missing);
            warnings.add("the file is damaged or cut short: %d of %d pages are missing".formatted(missing, missing + blocks.slots()));
        }
    }

    /** Takes the blocks of a table; returns where they end, or -1 when nothing behind them can be believed. */
    private long blocks(long table, RangeTableForm form) {
        long at = table + PhysicalMemory.PAGE_SIZE;
        int slot = 0;
        int slots = 0;
        int count = form.count(file, table);
        for (int range = 0; range < count; range++) {
            long page = form.first(file, table, range);
            long end = form.end(file, table, range);
            while (page < end) {
                if (slots == 0) {
                    long block = blockFrom(at);
                    slots = block < 0 ? 0 : take(block);
                    if (slots == 0) {
                        missing += pagesFrom(table, form, range, page);
                        return -1;
                    }
                    slot = blocks.slots() - slots;
                    at = behind(file, block);
                }
                int pages = (int) Math.min(slots, end - page);
                blocks.map(page, pages, slot);
                page += pages;
                slot += pages;
                slots -= pages;
            }
        }
        return at;
    }

    /** Takes a block; returns how many pages it holds, 0 when its head is damaged or its end missing. */
    private int take(long block) {
        int pages = pagesAt(file, block);
        int size = packedSizeAt(file, block);
        long start = block + HEAD;
        if (pages > HibernatedBlocks.MOST_PAGES || size > pages << PhysicalMemory.PAGE_SHIFT || start > file.byteSize() - size
                || !blocks.hasRoom()) {
            return 0;
        }
        boolean stored = size == pages << PhysicalMemory.PAGE_SHIFT;
        blocks.block(start, size, pages, stored ? HibernationPacking.STORED : HibernationPacking.PLAIN);
        return pages;
    }

    private long pagesFrom(long table, RangeTableForm form, int range, long page) {
        long pages = form.end(file, table, range) - page;
        for (int later = range + 1; later < form.count(file, table); later++) {
            pages += form.end(file, table, later) - form.first(file, table, later);
        }
        return pages;
    }
}
