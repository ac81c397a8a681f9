package org.poolscope.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.TagUsage;

/**
 * Adds up tracker table entries by tag. Sums wrap as the counters themselves do, in their own width: a processor that frees what
 * another allocated counts below zero, and only the sum over all of them means anything.
 */
final class TagTotals {

    private static final int COUNTERS = 6;
    private static final int PROTECTED_BIT = 0x8000_0000;

    private final int[] widths;
    private int[] keys = new int[1024];
    private long[] sums = new long[1024 * COUNTERS];
    private int[] slots = filled(4096);
    private int count;
    private int negative;

    TagTotals(TrackerLayout layout) {
        this.widths = layout.widths;
    }

    private static int[] filled(int length) {
        int[] slots = new int[length];
        Arrays.fill(slots, -1);
        return slots;
    }

    /** The row of a tag, made when there was none. Bit 31 marks a protected tag and is no part of it. */
    int row(int key) {
        int tag = key & ~PROTECTED_BIT;
        int mask = slots.length - 1;
        int slot = tag * 0x9e37_79b1 >>> 8 & mask;
        while (slots[slot] >= 0) {
            if (keys[slots[slot]] == tag) {
                return slots[slot];
            }
            slot = slot + 1 & mask;
        }
        if (count == keys.length) {
            grow();
            return row(key);
        }
        slots[slot] = count;
        keys[count] = tag;
        return count++;
    }

    private void grow() {
        keys = Arrays.copyOf(keys, keys.length * 2);
        sums = Arrays.copyOf(sums, sums.length * 2);
        int[] old = slots;
        slots = filled(old.length * 2);
        int mask = slots.length - 1;
        for (int row : old) {
            if (row >= 0) {
                int slot = keys[row] * 0x9e37_79b1 >>> 8 & mask;
                while (slots[slot] >= 0) {
                    slot = slot + 1 & mask;
                }
                slots[slot] = row;
            }
        }
    }

    /** Adds to a counter of a row; counters in the order of {@link TrackerLayout#offsets}. */
    void add(int row, int counter, long value) {
        sums[row * COUNTERS + counter] += value;
    }

    /** The tags, in the order they were met. */
    List<TagUsage> rows() {
        List<TagUsage> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rows.add(new TagUsage(new PoolTag(keys[i]), use(i, 0), use(i, 3)));
        }
        return rows;
    }

    /** How many tags have less than nothing outstanding: their books are not whole. */
    int negative() {
        return negative;
    }

    private PoolUse use(int row, int first) {
        long allocs = unsigned(row, first);
        long frees = unsigned(row, first + 1);
        long outstanding = signed(allocs - frees, widths[first]);
        long bytes = signed(sums[row * COUNTERS + first + 2], widths[first + 2]);
        if (bytes < 0) {
            negative++;
        }
        return new PoolUse(allocs, frees, outstanding, bytes < 0 ? null : Long.valueOf(bytes));
    }

    private long unsigned(int row, int counter) {
        long sum = sums[row * COUNTERS + counter];
        return widths[counter] == Integer.BYTES ? sum & 0xffff_ffffL : sum;
    }

    private static long signed(long value, int width) {
        return width == Integer.BYTES ? (int) value : value;
    }
}
