package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.PoolRegions;
import org.poolscope.memory.Absence;
import org.poolscope.memory.RegionVisitor;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;

/**
 * Blocks that nothing in the image points to, told apart from those of which the image cannot say it. Pool that was written to the page file, or
 * that the dump left out, may hold the missing pointers. Most lists of the kernel are linked both ways: a block that points into such a page is
 * likely pointed to from there, and so is all it leads to. Of these nothing is claimed.
 *
 * <p>Objects of windows and graphics are known to tables in session memory alone. Where that is not all in the image, nothing is claimed of
 * session pool, nor of the tags that belong to session drivers.
 *
 * <p>Of an image that is cut short or damaged any page may be missing: the data of a driver, a stack, the head of a list. Then nothing is claimed
 * of any block.
 *
 * <p>A list linked one way only shows no such trace. How much of a tag is out of sight therefore stands beside its row.
 */
public final class LostBlocks {

    private static final int ALIGNMENT = 3;

    private final PoolBlocks blocks;
    private final Reachability reached;
    private final MemorySegment bytes;
    private final int pointerSize;
    private final AddressRanges hidden;
    private final BitSet[] undecided;
    private final Longs stack = new Longs();
    private final long hiddenBytes;
    private final long missingPages;
    private final Optional<String> hiddenSessions;
    private final Predicate<PoolTag> ofSessions;
    /** What was said of a tag, by key. */
    private final Map<Integer, Boolean> sessionTags = new HashMap<>();

    private LostBlocks(KernelImage image, PoolBlocks blocks, Reachability reached, Predicate<PoolTag> ofSessions) {
        this.ofSessions = ofSessions;
        this.hiddenSessions = reached.sessions().unseen();
        this.blocks = blocks;
        this.reached = reached;
        this.bytes = blocks.memory().bytes();
        this.pointerSize = blocks.memory().pointerSize();
        this.missingPages = image.missingPages();
        AddressRanges.Builder ranges = new AddressRanges.Builder();
        long sum = 0;
        for (PoolRegions.Region region : image.poolRegions().all()) {
            if (region.pool() == PoolKind.PAGED && !image.poolRegions().isSession(region.first())) {
                sum += hidden(region, ranges);
            }
        }
        for (PoolRegions.Region span : image.nonPagedSpans().value().orElse(List.of())) {
            sum += hidden(span, ranges);
        }
        this.hidden = ranges.build();
        this.hiddenBytes = sum;
        this.undecided = new BitSet[blocks.groups().length + 1];
        for (int i = 0; i < undecided.length; i++) {
            undecided[i] = new BitSet();
        }
    }

    /** Adds the pages of a region that are in use and not in the image; their bytes. Pages never touched hold nothing. */
    private long hidden(PoolRegions.Region region, AddressRanges.Builder ranges) {
        long[] sum = new long[1];
        blocks.memory().forEachRegion(region.first(), region.last(), new RegionVisitor() {
            @Override
            public void present(long va, long offset, long length) {
                // What can be read was searched.
            }

            @Override
            public void absent(long va, long length, Absence why) {
                if (why.isOfImage() || region.pool() == PoolKind.PAGED && why != Absence.DEMAND_ZERO) {
                    ranges.add(va, va + length);
                    sum[0] += length;
                }
            }
        });
        return sum[0];
    }

    /**
     * What one tag has lost in one pool.
     *
     * @param blocks blocks in use
     * @param bytes their bytes
     * @param unreferencedBlocks how many of them nothing in the image leads to, those of which it cannot say so left out
     * @param unreferencedBytes their bytes
     * @param undecidedBlocks blocks nothing in the image leads to, but pages that are not in it may
     * @param example the data of an unreferenced one; {@code null} when there is none
     */
    public record Row(PoolTag tag, PoolKind pool, long blocks, long bytes, long unreferencedBlocks, long unreferencedBytes,
            long undecidedBlocks, Long example) {

        /** The share of the blocks that nobody can reach, 0 to 1. */
        public double unreferencedShare() {
            return blocks == 0 ? 0 : (double) unreferencedBlocks / blocks;
        }
    }

    /**
     * Tells lost blocks from those that may be held out of sight.
     *
     * @param ofSessions whether a tag is one of the drivers that live in session space
     */
    public static LostBlocks of(KernelImage image, PoolBlocks blocks, Reachability reached, Predicate<PoolTag> ofSessions, Progress progress) {
        LostBlocks lost = new LostBlocks(image, blocks, reached, ofSessions);
        if (lost.missingPages > 0 || lost.hiddenBytes > 0 || lost.hiddenSessions.isPresent()) {
            progress.at("looking for links to pages that are not in the image", 0, 0);
            lost.mark();
        }
        return lost;
    }

    /** Why pointers may stand in memory of sessions and not be seen; empty when all of it was read. */
    public Optional<String> hiddenSessions() {
        return hiddenSessions;
    }

    /** Pages that the image should hold and does not, because it is cut short or damaged; while there are any, every lost block is undecided. */
    public long missingPages() {
        return missingPages;
    }

    /** Bytes of the pools' address space that are in use and not in the image. */
    public long hiddenBytes() {
        return hiddenBytes;
    }

    /** What each tag has lost, the most blocks first; tags that lost nothing are among the rows. */
    public List<Row> rows() {
        Map<PoolTag, long[]> sums = new HashMap<>();
        PageGroup[] groups = blocks.groups();
        for (int g = 0; g < undecided.length; g++) {
            for (int block = undecided[g].nextSetBit(0); block >= 0; block = undecided[g].nextSetBit(block + 1)) {
                long number = PoolBlocks.number(g, block);
                boolean paged = isPaged(number);
                long[] sum = sums.computeIfAbsent(new PoolTag(blocks.tag(number) & Integer.MAX_VALUE), any -> new long[4]);
                sum[paged ? 2 : 0]++;
                sum[paged ? 3 : 1] += end(number) - blocks.address(number) + (blocks.isBig(number) ? 0 : blocks.headerSize());
            }
        }
        List<Row> rows = new ArrayList<>();
        for (Reachability.Row row : reached.rows()) {
            long[] sum = sums.getOrDefault(row.tag(), new long[4]);
            long blocksOut = sum[row.pool() == PoolKind.PAGED ? 2 : 0];
            long bytesOut = sum[row.pool() == PoolKind.PAGED ? 3 : 1];
            long left = row.unreferencedBlocks() - blocksOut;
            rows.add(new Row(row.tag(), row.pool(), row.blocks(), row.bytes(), left, row.unreferencedBytes() - bytesOut, blocksOut,
                    left == 0 ? null : blocksOut == 0 ? row.example() : example(row)));
        }
        rows.sort(Comparator.comparingLong(Row::unreferencedBlocks).thenComparingLong(Row::undecidedBlocks).reversed().thenComparing(Row::tag)
                .thenComparing(Row::pool));
        return rows;
    }

    private boolean isPaged(long number) {
        if (blocks.isBig(number)) {
            return blocks.big().pool(PoolBlocks.block(number)) == PoolKind.PAGED;
        }
        PageGroup group = blocks.groups()[PoolBlocks.group(number)];
        return PageParser.isPaged(group.flags[group.pageOf(PoolBlocks.block(number))]);
    }

    private Long example(Reachability.Row row) {
        for (BlockCursor block = blocks.cursor(); block.next();) {
            if (block.key() == row.tag().key() && block.pool() == row.pool() && block.state() == BlockState.ALLOCATED
                    && isLost(blocks.find(block.address()))) {
                return block.address();
            }
        }
        return null;
    }

    private boolean isLost(long number) {
        return blocks.state(number) == BlockState.ALLOCATED && !reached.isReached(blocks.address(number))
                && !undecided[PoolBlocks.group(number)].get(PoolBlocks.block(number));
    }

    private void mark() {
        PageGroup[] groups = blocks.groups();
        for (int g = 0; g < groups.length; g++) {
            for (int block = 0; block < groups[g].blocks(); block++) {
                consider(PoolBlocks.number(g, block));
            }
        }
        for (int i = 0; i < blocks.big().count(); i++) {
            consider(PoolBlocks.number(groups.length, i));
        }
        while (stack.count() > 0) {
            words(stack.pop(), false);
        }
    }

    /** Whether this answers for the block in use that holds an address that nothing leads to it, and that memory out of sight may. */
    public boolean isUndecided(long address) {
        long number = blocks.find(blocks.memory().canonical(address));
        return number != PoolBlocks.NOWHERE && undecided[PoolBlocks.group(number)].get(PoolBlocks.block(number));
    }

    private void consider(long number) {
        if (isLost(number) && (missingPages > 0 || hiddenSessions.isPresent() && isOfSession(number) || hiddenBytes > 0 && words(number, true))) {
            take(number);
        }
    }

    private boolean isOfSession(long number) {
        if (!blocks.isBig(number)) {
            PageGroup group = blocks.groups()[PoolBlocks.group(number)];
            if (PageParser.isSession(group.flags[group.pageOf(PoolBlocks.block(number))])) {
                return true;
            }
        }
        return sessionTags.computeIfAbsent(blocks.tag(number) & Integer.MAX_VALUE, key -> ofSessions.test(new PoolTag(key)));
    }

    private void take(long number) {
        BitSet of = undecided[PoolBlocks.group(number)];
        if (!of.get(PoolBlocks.block(number))) {
            of.set(PoolBlocks.block(number));
            stack.add(number);
        }
    }

    /**
     * Looks through a block's words.
     *
     * @param seek whether to look for a pointer into a hidden page, and stop at the first; else what they lead to is taken
     */
    private boolean words(long number, boolean seek) {
        long start = blocks.address(number);
        long end = end(number);
        boolean ofSession = !seek && hiddenSessions.isPresent() && isOfSession(number);
        if (!blocks.isBig(number)) {
            PageGroup group = blocks.groups()[PoolBlocks.group(number)];
            long offset = group.offset[group.pageOf(PoolBlocks.block(number))] + (start & Words.PAGE_MASK);
            return words(offset, offset + (end - start), seek, ofSession);
        }
        boolean[] found = new boolean[1];
        blocks.memory().forEachRegion(start, end - 1, (va, offset, length) -> found[0] = found[0] || words(offset, offset + length, seek, ofSession));
        return found[0];
    }

    /** Objects of sessions are full of pixels and of what earlier owners left: what they seem to hold outside of paged pool is not believed. */
    private boolean words(long from, long to, boolean seek, boolean ofSession) {
        for (long at = from; at + pointerSize <= to; at += pointerSize) {
            long word = blocks.memory().canonical(Words.pointer(bytes, at, pointerSize));
            if ((word & ALIGNMENT) != 0) {
                continue;
            }
            if (!seek) {
                long target = blocks.find(word);
                if (target != PoolBlocks.NOWHERE && isLost(target) && (!ofSession || isPaged(target))) {
                    take(target);
                }
            } else if (hidden.contains(word)) {
                return true;
            }
        }
        return false;
    }

    /** Where a block's bytes end. */
    private long end(long number) {
        if (blocks.isBig(number)) {
            return blocks.big().end(PoolBlocks.block(number));
        }
        PageGroup group = blocks.groups()[PoolBlocks.group(number)];
        int page = group.pageOf(PoolBlocks.block(number));
        return group.address[page] + ((long) group.end(page, PoolBlocks.block(number), blocks.format().pageUnits()) << blocks.format().unitShift());
    }
}
