package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.poolscope.memory.LittleEndian;
import org.poolscope.memory.PagedMemory;
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

    /** Headers to look at for the form of the type field, and the share of them that decides. */
    private static final int FORM_SAMPLE = 4096;

    /** Words of blocks kept at most: 128 MB. */
    private static final long MOST_KEPT = 1 << 25;

    private final PagedMemory memory;
    private final MemorySegment bytes;
    private final PoolSpace space;
    private final HeaderFormat format;
    private final BigBlocks big;
    private final AddressRanges others;
    private final DamageList damage;
    private final List<String> warnings;
    private final OptionalInt wanted;
    private final KeptBlocks.Budget budget = new KeptBlocks.Budget(MOST_KEPT);

    private final MappedPages pages;
    private final AtomicInteger freePages = new AtomicInteger();

    private PoolWalk(PagedMemory memory, PoolSpace space, HeaderFormat format, BigBlocks big, DamageList damage, List<String> warnings,
            OptionalInt wanted) {
        this.memory = memory;
        this.bytes = memory.bytes();
        this.space = space;
        this.big = big;
        this.format = format;
        this.damage = damage;
        this.pages = new MappedPages(memory);
        this.warnings = warnings;
        this.wanted = wanted;
        AddressRanges.Builder ranges = new AddressRanges.Builder();
        big.addTo(ranges);
        space.addModules(ranges);
        this.others = ranges.build();
    }

    /**
     * Walks.
     *
     * @param wanted the key of a tag of whose blocks the first words are kept, as far as there is room
     */
    static PoolBlocks run(PagedMemory memory, PoolSpace space, HeaderFormat format, BigBlocks big, DamageList damage, List<String> warnings,
            OptionalInt wanted, Progress progress) {
        return new PoolWalk(memory, space, format, big, damage, warnings, wanted).run(progress);
    }

    private PoolBlocks run(Progress progress) {
        for (PoolSpace.Piece piece : space.pieces()) {
            pages.add(memory, piece.first(), piece.last());
        }
        if (!pages.complete()) {
            warnings.add("the page tables describe more pages than any machine has; blocks may be missing");
        }
        int groups = (int) ((pages.count() + GROUP_PAGES - 1) / GROUP_PAGES);
        HeaderFormat form = form();
        PageGroup[] read = new PageGroup[groups];
        AtomicInteger done = new AtomicInteger();
        ThreadLocal<Reader> readers = ThreadLocal.withInitial(() -> new Reader(form));
        IntStream.range(0, groups).parallel().forEach(group -> {
            read[group] = readers.get().read((long) group * GROUP_PAGES);
            progress.at("walking pool pages", Math.min((long) done.incrementAndGet() * GROUP_PAGES, pages.count()), pages.count());
        });
        Aliases.remove(read, bytes, memory.pointerSize());
        return new PoolBlocks(memory, form, space, read, big, damage, warnings, pages.absences(), freePages.get());
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
        for (MappedPages.Cursor page = pages.cursor(0, pages.count()); seen < FORM_SAMPLE && page.next();) {
            int count = parser.read(page.offset(), places, tags, 0);
            for (int i = 0; i < count; i++) {
                long header = page.offset() + ((long) (places[i] & PageParser.UNIT_MASK) << format.unitShift());
                int type = format.type(bytes.get(LittleEndian.U32, header));
                seen += type != 0 ? 1 : 0;
                marked += (type & 4) != 0 ? 1 : 0;
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
        /** {@code null} when no blocks are wanted. */
        private final KeptBlocks.Builder kept;
        private final AddressRanges.Cursor skip = others.cursor();

        Reader(HeaderFormat form) {
            this.parser = new PageParser(bytes, form);
            this.repair = new PageRepair(bytes, new ListedPages(memory), form, parser);
            this.special = new SpecialPages(bytes, form);
            this.builder = new PageGroup.Builder(GROUP_PAGES, parser.mostBlocks());
            this.kept = wanted.isPresent() ? new KeptBlocks.Builder(wanted.getAsInt(), budget) : null;
        }

        PageGroup read(long firstPage) {
            for (MappedPages.Cursor page = pages.cursor(firstPage, firstPage + GROUP_PAGES); page.next();) {
                page(page.address(), page.offset());
            }
            return builder.build(kept == null ? null : kept.build());
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
            if (kept != null) {
                kept.takePage(parser, builder, count);
            }
            builder.add(va, offset, parser.flags(space.named() ? space.poolOf(va) : null), count);
        }

        private int broken(long va, long offset) {
            int header = special.header(offset);
            if (header >= 0) {
                builder.place[builder.blocks] = 0;
                builder.tag[builder.blocks] = special.tag(offset, header);
                if (kept != null) {
                    kept.miss();
                }
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
