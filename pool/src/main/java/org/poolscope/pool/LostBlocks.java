package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private LostBlocks(KernelImage image, PoolBlocks blocks, Reachability reached) {
        this.blocks = blocks;
        this.reached = reached;
        this.bytes = blocks.memory().bytes();
        this.pointerSize = blocks.memory().pointerSize();
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
                if (why == Absence.NOT_IN_DUMP || region.pool() == PoolKind.PAGED && why != Absence.DEMAND_ZERO) {
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

    /** Tells lost blocks from those that may be held out of sight. */
    public static LostBlocks of(KernelImage image, PoolBlocks blocks, Reachability reached, Progress progress) {
        LostBlocks lost = new LostBlocks(image, blocks, reached);
        if (lost.hiddenBytes > 0) {
            progress.at("looking for links to pages that are not in the image", 0, 0);
            lost.mark();
        }
        return lost;
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
                boolean paged = g < groups.length ? PageParser.isPaged(groups[g].flags[groups[g].pageOf(block)])
                        : blocks.big().pool(block) == PoolKind.PAGED;
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

    private void consider(long number) {
        if (isLost(number) && words(number, true)) {
            take(number);
        }
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
        if (!blocks.isBig(number)) {
            PageGroup group = blocks.groups()[PoolBlocks.group(number)];
            long offset = group.offset[group.pageOf(PoolBlocks.block(number))] + (start & Words.PAGE_MASK);
            return words(offset, offset + (end - start), seek);
        }
        boolean[] found = new boolean[1];
        blocks.memory().forEachRegion(start, end - 1, (va, offset, length) -> found[0] = found[0] || words(offset, offset + length, seek));
        return found[0];
    }

    private boolean words(long from, long to, boolean seek) {
        for (long at = from; at + pointerSize <= to; at += pointerSize) {
            long word = blocks.memory().canonical(Words.pointer(bytes, at, pointerSize));
            if ((word & ALIGNMENT) != 0) {
                continue;
            }
            if (!seek) {
                long target = blocks.find(word);
                if (target != PoolBlocks.NOWHERE && isLost(target)) {
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
