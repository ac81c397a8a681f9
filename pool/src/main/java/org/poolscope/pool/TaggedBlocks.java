package org.poolscope.pool;

import java.lang.foreign.MemorySegment;

/** Goes through the blocks of one tag that somebody holds in one group of pages. For one thread. */
final class TaggedBlocks {

    private final PageGroup group;
    private final HeaderFormat format;
    private final SpecialPages special;
    private final int key;
    /** {@code null} when the walk kept nothing of these blocks. */
    private final KeptBlocks.Cursor kept;
    private int page;
    private int block = -1;

    /** @param key as {@link org.poolscope.model.PoolTag#key} */
    TaggedBlocks(PoolBlocks blocks, int group, int key) {
        this.group = blocks.groups()[group];
        this.format = blocks.format();
        this.special = blocks.special();
        this.key = key;
        KeptBlocks words = this.group.kept(key);
        this.kept = words == null ? null : words.cursor();
    }

    /** Moves to the next block; whether there is one. */
    boolean next() {
        do {
            block = kept == null ? group.next(key, block + 1) : kept.next() ? kept.block() : group.blocks();
        } while (block < group.blocks() && group.state(block) != BlockState.ALLOCATED.ordinal());
        if (block == group.blocks()) {
            return false;
        }
        while (group.first[page + 1] <= block) {
            page++;
        }
        return true;
    }

    /** Whether its size counts a header. */
    boolean headed() {
        return !PageParser.isSpecial(group.flags[page]);
    }

    /** Its tag as it stands in the header. */
    int tag() {
        return group.tag[block];
    }

    /** The address of its data. */
    long address() {
        return group.address[page] + onPage();
    }

    /** Where in the image its data stands. */
    long offset() {
        return group.offset[page] + onPage();
    }

    private int onPage() {
        long offset = group.offset[page];
        return headed() ? (group.unit(block) << format.unitShift()) + format.headerSize() : special.data(offset, special.header(offset));
    }

    /** Its size in bytes; with the header for blocks that have one. */
    int size() {
        return headed() ? group.end(page, block, format.pageUnits()) - group.unit(block) << format.unitShift()
                : special.size(group.offset[page]);
    }

    /** Adds its first words to others. */
    void addTo(GatheredBlocks gathered, MemorySegment bytes) {
        if (kept == null) {
            gathered.add(bytes, offset());
        } else {
            kept.addTo(gathered);
        }
    }

    /** Bytes of its data. */
    int dataSize() {
        return headed() ? size() - format.headerSize() : size();
    }
}
