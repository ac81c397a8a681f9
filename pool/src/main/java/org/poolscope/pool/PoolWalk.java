package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.poolscope.memory.Absence;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.RegionVisitor;
import org.poolscope.memory.WalkSummary;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Progress;

/**
 * One walk over all pool pages.
 *
 * <p>First the page tables are asked which pages lie in the pools' regions. Those are cut into groups of {@value #GROUP_PAGES} pages, and
 * each group is read by one thread into its own arrays, so threads share nothing but the list of damage. Pages of big allocations and of
 * loaded modules are left out; what else does not read as a chain of blocks is looked at for damage.
 */
final class PoolWalk {

    static final int GROUP_PAGES = 4096;

    /** Pages may be mapped more than once, but not all of them many times: damaged page tables can describe any number. */
    private static final int MOST_MAPPINGS = 4;
    private static final int FEW_PAGES = 1 << 16;

    /** Headers to look at for the form of the type field, and the share of them that decides. */
    private static final int FORM_SAMPLE = 4096;

    private final PagedMemory memory;
    private final MemorySegment bytes;
    private final PoolSpace space;
    private final HeaderFormat format;
    private final BigBlocks big;
    private final AddressRanges others;
    private final DamageList damage;
    private final List<String> warnings;

    private long[] runAddress = new long[64];
    private long[] runOffset = new long[64];
    /** The number of the first page of each run; behind the last run the number of all pages. */
    private long[] runFirst = new long[65];
    private int runs;
    private boolean full;
    private final long[] absent = new long[Absence.values().length];
    private final long mostPages;
    private final AtomicInteger freePages = new AtomicInteger();

    private PoolWalk(PagedMemory memory, PoolSpace space, HeaderFormat format, BigBlocks big, DamageList damage, List<String> warnings) {
        this.memory = memory;
        this.bytes = memory.bytes();
        this.space = space;
        this.big = big;
        this.format = format;
        this.damage = damage;
        this.mostPages = MOST_MAPPINGS * memory.physical().presentPages() + FEW_PAGES;
        this.warnings = warnings;
        AddressRanges.Builder ranges = new AddressRanges.Builder();
        big.addTo(ranges);
        space.addModules(ranges);
        this.others = ranges.build();
    }

    static PoolBlocks run(PagedMemory memory, PoolSpace space, HeaderFormat format, BigBlocks big, DamageList damage, List<String> warnings,
            Progress progress) {
        return new PoolWalk(memory, space, format, big, damage, warnings).run(progress);
    }

    private PoolBlocks run(Progress progress) {
        for (PoolSpace.Piece piece : space.pieces()) {
            gather(piece);
        }
        int groups = (int) ((runFirst[runs] + GROUP_PAGES - 1) / GROUP_PAGES);
        HeaderFormat form = form();
        PageGroup[] read = new PageGroup[groups];
        AtomicInteger done = new AtomicInteger();
        ThreadLocal<Reader> readers = ThreadLocal.withInitial(() -> new Reader(form));
        IntStream.range(0, groups).parallel().forEach(group -> {
            read[group] = readers.get().read((long) group * GROUP_PAGES);
            progress.at("walking pool pages", Math.min((long) done.incrementAndGet() * GROUP_PAGES, runFirst[runs]), runFirst[runs]);
        });
        Aliases.remove(read, bytes, memory.pointerSize());
        return new PoolBlocks(memory, form, space, read, big, damage, warnings, absent, freePages.get());
    }

    private void gather(PoolSpace.Piece piece) {
        WalkSummary summary = memory.forEachRegion(piece.first(), piece.last(), new RegionVisitor() {
            @Override
            public void present(long va, long fileOffset, long length) {
                add(va, fileOffset, length >>> Words.PAGE_SHIFT);
            }

            @Override
            public void absent(long va, long length, Absence why) {
                absent[why.ordinal()] += length >>> Words.PAGE_SHIFT;
            }
        });
        if (!summary.complete() || full) {
            warnings.add("the page tables describe more pages than any machine has; blocks may be missing");
        }
    }

    private void add(long va, long fileOffset, long pages) {
        if (runFirst[runs] + pages > mostPages) {
            full = true;
            return;
        }
        if (runs == runAddress.length) {
            runAddress = Arrays.copyOf(runAddress, 2 * runs);
            runOffset = Arrays.copyOf(runOffset, 2 * runs);
            runFirst = Arrays.copyOf(runFirst, 2 * runs + 1);
        }
        runAddress[runs] = va;
        runOffset[runs] = fileOffset;
        runFirst[runs + 1] = runFirst[runs] + pages;
        runs++;
    }

    /** Whether kernels of this age keep an in-use bit in the type, told from a sample of pages. */
    private HeaderFormat form() {
        if (format.types() != TypeField.PLUS_ONE) {
            return format;
        }
        PageParser parser = new PageParser(bytes, format);
        char[] places = new char[parser.mostBlocks()];
        int[] tags = new int[parser.mostBlocks()];
        int seen = 0;
        int marked = 0;
        for (int run = 0; run < runs && seen < FORM_SAMPLE; run++) {
            long pages = Math.min(runFirst[run + 1] - runFirst[run], FORM_SAMPLE);
            for (long page = 0; page < pages && seen < FORM_SAMPLE; page++) {
                long at = runOffset[run] + (page << Words.PAGE_SHIFT);
                int count = parser.read(at, places, tags, 0);
                for (int i = 0; i < count; i++) {
                    int type = format.type(bytes.get(Words.U32, at + ((long) (places[i] & PageParser.UNIT_MASK) << format.unitShift())));
                    seen += type != 0 ? 1 : 0;
                    marked += (type & 4) != 0 ? 1 : 0;
                }
            }
        }
        return 2 * marked > seen ? format.with(TypeField.PLUS_ONE_IN_USE) : format;
    }

    /** What one thread needs to read groups. */
    private final class Reader {

        private final PageParser parser;
        private final PageRepair repair;
        private final SpecialPages special;
        private final PageGroup.Builder builder;
        private final AddressRanges.Cursor skip = others.cursor();

        Reader(HeaderFormat form) {
            this.parser = new PageParser(bytes, form);
            this.repair = new PageRepair(bytes, new ListedPages(memory), form, parser);
            this.special = new SpecialPages(bytes, form);
            this.builder = new PageGroup.Builder(GROUP_PAGES, parser.mostBlocks());
        }

        PageGroup read(long firstPage) {
            int found = Arrays.binarySearch(runFirst, 0, runs, firstPage);
            int run = found >= 0 ? found : -found - 2;
            long end = Math.min(firstPage + GROUP_PAGES, runFirst[runs]);
            long page = firstPage;
            while (page < end) {
                while (runFirst[run + 1] <= page) {
                    run++;
                }
                long inRun = page - runFirst[run] << Words.PAGE_SHIFT;
                page(runAddress[run] + inRun, runOffset[run] + inRun);
                page++;
            }
            return builder.build();
        }

        private void page(long va, long offset) {
            if (skip.contains(va)) {
                return;
            }
            builder.makeRoom();
            int count = parser.read(offset, builder.place, builder.tag, builder.blocks);
            if (count == 0) {
                count = broken(va, offset);
                if (count == 0) {
                    return;
                }
            }
            builder.add(va, offset, parser.flags(space.named() ? space.poolOf(va) : null), count);
        }

        private int broken(long va, long offset) {
            int header = special.header(offset);
            if (header >= 0) {
                builder.place[builder.blocks] = 0;
                builder.tag[builder.blocks] = special.tag(offset, header);
                builder.add(va, offset, PageParser.special(special.isPaged(offset, header)), 1);
                return 0;
            }
            int count = repair.read(offset, va, builder.place, builder.tag, builder.blocks, damage);
            if (count < 0) {
                freePages.incrementAndGet();
            }
            return Math.max(count, 0);
        }
    }
}
