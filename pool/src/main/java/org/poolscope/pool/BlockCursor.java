package org.poolscope.pool;

import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;

/**
 * Goes through blocks in the order of their addresses, one at a time and without an object for each; big allocations come where they
 * lie among the pages. For one thread.
 *
 * <pre>
 *   for (BlockCursor block = blocks.cursor(); block.next();) {
 *       total += block.size();
 *   }
 * </pre>
 */
public final class BlockCursor {

    private final PoolBlocks blocks;
    private final PageGroup[] groups;
    private final BigBlocks big;
    private final HeaderFormat format;
    private final int lastPage;
    private PageGroup group;
    private int groupNumber;
    private int page;
    private int block = -1;
    private int nextBig;
    private boolean onBig;
    private final boolean single;

    /** All blocks. */
    BlockCursor(PoolBlocks blocks) {
        this(blocks, 0, 0, Integer.MAX_VALUE, false);
    }

    /** The blocks of one page. */
    BlockCursor(PoolBlocks blocks, int group, int page) {
        this(blocks, group, page, page, true);
    }

    private BlockCursor(PoolBlocks blocks, int group, int page, int lastPage, boolean single) {
        this.blocks = blocks;
        this.groups = blocks.groups();
        this.big = blocks.big();
        this.format = blocks.format();
        this.groupNumber = group;
        this.group = group < groups.length ? groups[group] : null;
        this.page = page;
        this.lastPage = lastPage;
        this.single = single;
        this.nextBig = single ? big.count() : 0;
        if (single) {
            block = this.group.first[page] - 1;
        }
    }

    /** Moves to the next block; whether there is one. */
    public boolean next() {
        boolean found = step();
        while (found && !onBig && group.state(block) == BlockState.HEAP.ordinal()) {
            found = step();
        }
        return found;
    }

    private boolean step() {
        if (group != null && !onBig) {
            block++;
        }
        onBig = false;
        while (group != null && (page >= group.pages() || block >= group.first[page + 1])) {
            page++;
            if (single) {
                group = null;
            } else if (page >= group.pages()) {
                groupNumber++;
                group = groupNumber < groups.length ? groups[groupNumber] : null;
                page = 0;
                block = 0;
            }
        }
        if (nextBig < big.count() && (group == null || block == group.first[page]
                && Long.compareUnsigned(big.address(nextBig), group.address[page]) < 0)) {
            nextBig++;
            onBig = true;
        }
        return onBig || group != null;
    }

    /** Where the block's data begins, behind the header. */
    public long address() {
        return onBig ? big.address(nextBig - 1)
                : isSpecial() ? group.address[page] + blocks.special().data(offset(), header())
                : group.address[page] + ((long) group.unit(block) << format.unitShift()) + format.headerSize();
    }

    /** Its size in bytes; with the header for blocks that {@linkplain BlockKind#hasHeader have one}. */
    public long size() {
        return onBig ? big.size(nextBig - 1)
                : isSpecial() ? blocks.special().size(offset())
                : (long) (group.end(page, block, format.pageUnits()) - group.unit(block)) << format.unitShift();
    }

    /** The key of its tag, as {@link PoolTag#key}; of a free block what was left in the header. */
    public int key() {
        return (onBig ? big.tag(nextBig - 1) : group.tag[block]) & Integer.MAX_VALUE;
    }

    /** Its tag. */
    public PoolTag tag() {
        return new PoolTag(key());
    }

    /** Which pool it belongs to. */
    public PoolKind pool() {
        return onBig ? big.pool(nextBig - 1) : PageParser.isPaged(group.flags[page]) ? PoolKind.PAGED : PoolKind.NONPAGED;
    }

    /** Whether it belongs to one session's part of the pool. */
    public boolean session() {
        return !onBig && PageParser.isSession(group.flags[page]);
    }

    /** What becomes of it. */
    public BlockState state() {
        return onBig ? BlockState.ALLOCATED : BlockState.of(group.state(block));
    }

    /** How it is kept. */
    public BlockKind kind() {
        return onBig ? BlockKind.BIG : isSpecial() ? BlockKind.SPECIAL
                : PageParser.isSegment(group.flags[page]) ? BlockKind.SEGMENT : BlockKind.PAGE;
    }

    /** The block, to keep. */
    public PoolBlock block() {
        return new PoolBlock(address(), size(), tag(), pool(), session(), state(), kind());
    }

    private boolean isSpecial() {
        return PageParser.isSpecial(group.flags[page]);
    }

    private long offset() {
        return group.offset[page];
    }

    private int header() {
        return blocks.special().header(offset());
    }
}
