package org.poolscope.pool;

/**
 * Marks the blocks of segment heaps on the pool's lookaside lists: their heap counts them as in use. A list names a block by its
 * data or its header.
 */
final class ParkedBlocks {

    private final PoolBlocks blocks;

    ParkedBlocks(PoolBlocks blocks) {
        this.blocks = blocks;
    }

    /** Marks them; entries that are no block in use are left alone. */
    void park(long[] entries) {
        int header = blocks.headerSize();
        for (long entry : entries) {
            if (!mark(entry, entry)) {
                mark(entry, entry + header);
            }
        }
    }

    /** Marks the block that holds an address if its data begins at another. */
    private boolean mark(long inside, long data) {
        long number = blocks.find(inside);
        if (number == PoolBlocks.NOWHERE || blocks.isBig(number) || blocks.address(number) != data
                || blocks.state(number) != BlockState.ALLOCATED) {
            return false;
        }
        blocks.groups()[PoolBlocks.group(number)].setState(PoolBlocks.block(number), BlockState.LOOKASIDE);
        return true;
    }
}
