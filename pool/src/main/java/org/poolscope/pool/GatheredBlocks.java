package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.poolscope.memory.LittleEndian;

/**
 * The first words of some blocks, copied together. Blocks of a tag are far apart in the image, and each is waited for; copying waits for
 * several at once, as it does nothing else meanwhile. What is copied is then counted place by place, in loops over one column. For one
 * thread.
 */
final class GatheredBlocks {

    private static final long LOWER_HALF = 0xffff_ffffL;

    private final int width;
    private final int[] words;
    private final long[] column;
    private final long[] pointers;
    private final long[] nulls;
    private int count;

    /**
     * Room for blocks.
     *
     * @param width words of four bytes taken of each
     * @param most words to keep at most; there is room for one block at least
     */
    GatheredBlocks(int width, int most) {
        int room = Math.max(1, most / Math.max(1, width));
        this.width = width;
        this.words = new int[room * width];
        this.column = new long[room];
        this.pointers = new long[room];
        this.nulls = new long[room];
    }

    boolean isFull() {
        return count == column.length;
    }

    /** Copies the words of a block that stands at a place in the image. */
    void add(MemorySegment bytes, long offset) {
        MemorySegment.copy(bytes, LittleEndian.U32, offset, words, count++ * width, width);
    }

    /** Copies the words of a block from others. */
    void add(int[] from, int at) {
        System.arraycopy(from, at, words, count++ * width, width);
    }

    int count() {
        return count;
    }

    /** What {@link #takeNarrow} and {@link #takeWide} took: a value of each block. */
    long[] column() {
        return column;
    }

    /** For each block a bit for each place that holds a pointer. */
    long[] pointers() {
        return pointers;
    }

    /** For each block a bit for each place that is zero. */
    long[] nulls() {
        return nulls;
    }

    /** Takes one word of each block. */
    void takeNarrow(int word) {
        int[] from = words;
        long[] to = column;
        int step = width;
        for (int block = 0, at = word, end = count; block < end; block++, at += step) {
            to[block] = from[at] & LOWER_HALF;
        }
    }

    /** Takes a word of each block with the next one as its upper half. */
    void takeWide(int word) {
        int[] from = words;
        long[] to = column;
        int step = width;
        for (int block = 0, at = word, end = count; block < end; block++, at += step) {
            to[block] = from[at] & LOWER_HALF | (long) from[at + 1] << Integer.SIZE;
        }
    }

    void clear() {
        Arrays.fill(pointers, 0, count, 0);
        Arrays.fill(nulls, 0, count, 0);
        count = 0;
    }
}
