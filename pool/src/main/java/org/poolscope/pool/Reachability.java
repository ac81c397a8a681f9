package org.poolscope.pool;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.poolscope.kernel.KernelImage;
import org.poolscope.memory.Absence;
import org.poolscope.memory.PagedMemory;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;

/**
 * Which blocks somebody can still reach. Everything in kernel memory that is not pool is a root: the data of modules, kernel stacks,
 * processor blocks, page frame database, views of the file cache, the memory of all sessions, and the processor state a dump's header
 * keeps. From there marks
 * spread through the blocks: what a marked block points to is marked ({@link PointerRules} says what a pointer is). A block without a
 * mark cannot be freed any more by the one who allocated it. {@linkplain Leftovers What is left over} is no root, nor are free and
 * parked blocks. {@link Marking} does the work.
 *
 * <p>A word in a place its owner never writes ({@link LeftoverPlaces}) still counts, unless it alone keeps very many blocks: that one
 * stale word leads to the middle of a long list is likely where lists are long, and would hide that all of it was lost. Such words are
 * named by {@link #staleWords}. Pages that are in the kernel's address space but not in the image can hide pointers: {@link #unseenBytes}.
 */
public final class Reachability {

    private final PoolBlocks blocks;
    private final MappedPages kernel;
    private final Marking marking;

    private final SessionMemory sessions;

    private Reachability(PoolBlocks blocks, MappedPages kernel, Marking marking, SessionMemory sessions) {
        this.sessions = sessions;
        this.blocks = blocks;
        this.kernel = kernel;
        this.marking = marking;
    }

    /**
     * What one tag has lost in one pool.
     *
     * @param blocks blocks in use
     * @param bytes their bytes
     * @param unreferencedBlocks how many of them nobody can reach
     * @param unreferencedBytes their bytes
     * @param example the data of one of them; {@code null} when there is none
     */
    public record Row(PoolTag tag, PoolKind pool, long blocks, long bytes, long unreferencedBlocks, long unreferencedBytes, Long example) {

        /** The share of the blocks that nobody can reach, 0 to 1. */
        public double unreferencedShare() {
            return blocks == 0 ? 0 : (double) unreferencedBlocks / blocks;
        }
    }

    /**
     * Marks what can be reached.
     *
     * @param image the image the blocks were walked in
     * @param blocks its blocks
     */
    public static Reachability of(KernelImage image, PoolBlocks blocks, Progress progress) {
        PagedMemory memory = blocks.memory();
        SessionMemory sessions = blocks.sessions(image);
        MappedPages kernel = MappedPages.ofKernel(memory, sessions);
        Marking marking = new Marking(image, blocks, kernel);
        marking.run(image, progress);
        return new Reachability(blocks, kernel, marking, sessions);
    }

    /**
     * A word in a place of leftovers that was not believed.
     *
     * @param address where it stands
     * @param blocks how many blocks it alone would have kept
     */
    public record StaleWord(long address, long blocks) {
    }

    /** Words that were not believed, by address: each stands where blocks of its kind hold leftovers, and alone would have kept very many. */
    public List<StaleWord> staleWords() {
        return List.copyOf(marking.staleWords());
    }

    /** Whether the block in use that holds an address can be reached; {@code false} also when there is no such block. */
    public boolean isReached(long address) {
        return marking.isReachedAt(blocks.memory().canonical(address));
    }

    /** Says why words that {@link References} lists were not followed. For one thread. */
    public Doubt doubts() {
        return new Doubts(marking)::of;
    }

    /** Says of words that lead into blocks in use why they were not followed. */
    @FunctionalInterface
    public interface Doubt {
        /**
         * Why a word was not followed, as a place; empty when it was, and the block it leads into is reached.
         *
         * @param from where the word stands
         * @param word what stands there
         */
        Optional<String> of(long from, long word);
    }

    /** Memory of sessions. */
    SessionMemory sessions() {
        return sessions;
    }

    /** Bytes of kernel memory that were searched for pointers: roots and blocks reached. */
    public long seenBytes() {
        return marking.searchedBytes();
    }

    /** Bytes of kernel memory that could not be searched, by reason; pages never touched are not among them, they hold nothing. */
    public Map<Absence, Long> unseenBytes() {
        Map<Absence, Long> unseen = new EnumMap<>(Absence.class);
        for (Absence why : Absence.values()) {
            if (why != Absence.DEMAND_ZERO && kernel.absent(why) > 0) {
                unseen.put(why, kernel.absent(why) << Words.PAGE_SHIFT);
            }
        }
        return unseen;
    }

    /** What each tag has lost, the most blocks first; tags that lost nothing are among the rows. */
    public List<Row> rows() {
        Losses losses = IntStream.range(0, blocks.groups().length).parallel()
                .collect(Losses::new, (part, group) -> part.add(blocks, marking, group), Losses::add);
        losses.addBigs(blocks, marking);
        return losses.rows(WalkTotals.of(blocks));
    }

    /** What is lost, by pool and tag; of several lost blocks the last is the example. */
    private static final class Losses {

        static final int LOST = 0;
        static final int LOST_BYTES = 1;
        static final int EXAMPLE = 2;

        private final TagCounts nonpaged = new TagCounts(EXAMPLE + 1);
        private final TagCounts paged = new TagCounts(EXAMPLE + 1);

        private TagCounts of(PoolKind pool) {
            return pool == PoolKind.PAGED ? paged : nonpaged;
        }

        /** Adds what a group has lost. Most pages have lost nothing, which is told without a look at their blocks. */
        void add(PoolBlocks blocks, Marking marking, int number) {
            PageGroup group = blocks.groups()[number];
            for (int page = 0; page < group.pages(); page++) {
                if (marking.map.hasOpen(blocks.firstPage(number) + page)) {
                    addPage(blocks, marking, group, page, blocks.firstPage(number) + page);
                }
            }
        }

        private void addPage(PoolBlocks blocks, Marking marking, PageGroup group, int page, int number) {
            TagCounts pool = PageParser.isPaged(group.flags[page]) ? paged : nonpaged;
            int unitShift = blocks.format().unitShift();
            for (int block = group.first[page]; block < group.first[page + 1]; block++) {
                int unit = group.unit(block);
                if (group.state(block) == BlockState.ALLOCATED.ordinal() && !marking.isReached(BlockMap.place(number, unit))) {
                    long size = PageParser.isSpecial(group.flags[page]) ? blocks.special().size(group.offset[page])
                            : (long) (group.end(page, block, blocks.format().pageUnits()) - unit) << unitShift;
                    count(pool, group.tag[block], size, group.address[page] + ((long) unit << unitShift) + blocks.headerSize());
                }
            }
        }

        void addBigs(PoolBlocks blocks, Marking marking) {
            BigBlocks big = blocks.big();
            for (int i = 0; i < big.count(); i++) {
                if (!marking.isReached(BlockMap.bigPlace(i))) {
                    count(of(big.pool(i)), big.tag(i), big.size(i), big.address(i));
                }
            }
        }

        private static void count(TagCounts pool, int tag, long size, long address) {
            int slot = pool.slot(tag & Integer.MAX_VALUE);
            pool.addAt(slot, LOST, 1);
            pool.addAt(slot, LOST_BYTES, size);
            pool.setAt(slot, EXAMPLE, address);
        }

        /** Adds what another part found, which lies behind this one. */
        void add(Losses others) {
            others.nonpaged.forEach((key, values) -> add(nonpaged, key, values));
            others.paged.forEach((key, values) -> add(paged, key, values));
        }

        private static void add(TagCounts pool, int key, long[] values) {
            int slot = pool.slot(key);
            pool.addAt(slot, LOST, values[LOST]);
            pool.addAt(slot, LOST_BYTES, values[LOST_BYTES]);
            pool.setAt(slot, EXAMPLE, values[EXAMPLE]);
        }

        /** A row for each tag and pool of which somebody holds blocks. */
        List<Row> rows(WalkTotals totals) {
            Map<PoolTag, Row> ofNonpaged = new HashMap<>();
            Map<PoolTag, Row> ofPaged = new HashMap<>();
            for (WalkTotals.Row held : totals.rows()) {
                if (held.blocks() > 0) {
                    // Session pool is paged pool here.
                    Map<PoolTag, Row> rows = held.pool() == PoolKind.PAGED ? ofPaged : ofNonpaged;
                    rows.merge(held.tag(), row(held), (a, b) -> new Row(a.tag, a.pool, a.blocks + b.blocks, a.bytes + b.bytes,
                            a.unreferencedBlocks, a.unreferencedBytes, a.example));
                }
            }
            return Stream.concat(ofNonpaged.values().stream(), ofPaged.values().stream())
                    .sorted(Comparator.comparingLong(Row::unreferencedBlocks).reversed().thenComparing(Row::tag).thenComparing(Row::pool))
                    .toList();
        }

        private Row row(WalkTotals.Row held) {
            TagCounts pool = of(held.pool());
            int slot = pool.slot(held.tag().key() & Integer.MAX_VALUE);
            long lost = pool.at(slot, LOST);
            return new Row(held.tag(), held.pool(), held.blocks(), held.bytes(), lost, pool.at(slot, LOST_BYTES),
                    lost == 0 ? null : Long.valueOf(pool.at(slot, EXAMPLE)));
        }
    }
}
