package org.poolscope.pool;

import java.util.Arrays;

/**
 * The pointers of blocks that nobody had reached when they were looked through, in four bytes each, so that they need not be looked through
 * again once somebody does. Holds as many as it has room for, and says of the others that it does not.
 *
 * <p>Of each block there is a record: that of another block of the same page, the block's unit and how many pointers there are, and the
 * pointers.
 */
final class KeptPointers {

    /** What stands for no record. */
    static final int NONE = 0;

    /** A chunk holds more than the words of any page, and as many in between. */
    private static final int CHUNK_BITS = 16;
    private static final int CHUNK_MASK = (1 << CHUNK_BITS) - 1;
    private static final int HEAD = 2;
    private static final int UNIT_SHIFT = 16;

    /** The last record of each page. */
    private final int[] last;
    private final int most;
    private int[][] chunks = new int[1][];
    /** Where the next record goes. The first place is {@link #NONE}. */
    private int chunk;
    private int at = 1;

    /**
     * @param pages pages are numbered from 0 up to this
     * @param bytes about how many bytes may be used
     */
    KeptPointers(int pages, long bytes) {
        this.last = new int[pages];
        this.most = Math.clamp(bytes / Integer.BYTES >>> CHUNK_BITS, 1, 1 << Integer.SIZE - CHUNK_BITS);
        this.chunks[0] = new int[1 << CHUNK_BITS];
    }

    /**
     * Keeps the pointers of a block, which are places ({@link BlockMap}).
     *
     * @return whether they are kept; not when there is no room, or one of them is in no form that can be
     */
    boolean keep(long place, long[] pointers, int from, int to) {
        if (to - from > CHUNK_MASK - HEAD || !makeRoom(HEAD + to - from)) {
            return false;
        }
        int[] into = chunks[chunk];
        int next = at + HEAD;
        for (int i = from; i < to; i++) {
            if (pointers[i] != (int) pointers[i]) {
                return false;
            }
            into[next++] = (int) pointers[i];
        }
        int page = BlockMap.page(place);
        into[at] = last[page];
        into[at + 1] = BlockMap.unit(place) << UNIT_SHIFT | to - from;
        last[page] = chunk << CHUNK_BITS | at;
        at = next;
        return true;
    }

    private boolean makeRoom(int length) {
        if (at + length <= 1 << CHUNK_BITS) {
            return true;
        }
        if (chunk + 1 == most) {
            return false;
        }
        chunk++;
        at = 0;
        if (chunk == chunks.length) {
            chunks = Arrays.copyOf(chunks, 2 * chunk);
        }
        chunks[chunk] = new int[1 << CHUNK_BITS];
        return true;
    }

    /** The record of a block; {@link #NONE} when its pointers were not kept. */
    int find(long place) {
        int unit = BlockMap.unit(place);
        int record = last[BlockMap.page(place)];
        while (record != NONE && word(record, 1) >>> UNIT_SHIFT != unit) {
            record = word(record, 0);
        }
        return record;
    }

    /** How many pointers a record has. */
    int count(int record) {
        return word(record, 1) & (1 << UNIT_SHIFT) - 1;
    }

    /** One of a record's pointers. */
    long pointer(int record, int number) {
        return word(record, HEAD + number);
    }

    private int word(int record, int offset) {
        return chunks[record >>> CHUNK_BITS][(record & CHUNK_MASK) + offset];
    }
}
