package org.poolscope.pool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What one place of the blocks holds, counted over all of them: how many are zero, small, pointers or text, the range, and each distinct
 * value as long as there are few. About 16 KB, whatever the number of blocks.
 */
final class WordStatistics {

    /** Distinct values counted one by one; of more it is only known that there are more. */
    static final int MOST_DISTINCT = 512;
    private static final int SLOTS = 2 * MOST_DISTINCT;

    private final long[] values = new long[SLOTS];
    private final int[] counts = new int[SLOTS];
    private int distinct;
    private boolean overflow;
    /** Whether there were too many values before these, so that none are counted. */
    private boolean late;

    long blocks;
    long zero;
    long small;
    long pointers;
    long ascii;
    long utf16;
    long times;
    private long minimum = -1;
    private long maximum;
    private long earliest = Long.MAX_VALUE;
    private long latest;
    private long allOnes = -1;
    private long anyOnes;

    /** One value seen. */
    record Value(long value, long count) {
    }

    void add(long value) {
        blocks++;
        minimum = Long.compareUnsigned(value, minimum) < 0 ? value : minimum;
        maximum = Long.compareUnsigned(value, maximum) > 0 ? value : maximum;
        allOnes &= value;
        anyOnes |= value;
        if (!overflow) {
            count(value, 1);
        }
    }

    /** Counts a time that begins here; on 32-bit systems its upper half stands in the next place. */
    void addTime(long time) {
        times++;
        earliest = Math.min(earliest, time);
        latest = Math.max(latest, time);
    }

    /** The earliest time that begins here. */
    long earliest() {
        return earliest;
    }

    /** The latest time that begins here. */
    long latest() {
        return latest;
    }

    /** For the same place of blocks that come after these. */
    WordStatistics fresh() {
        WordStatistics next = new WordStatistics();
        next.overflow = overflow;
        next.late = overflow;
        return next;
    }

    /**
     * Adds what a {@linkplain #fresh fresh} one counted.
     *
     * @return whether counting all in one go would have come to the same
     */
    boolean merge(WordStatistics later) {
        blocks += later.blocks;
        zero += later.zero;
        small += later.small;
        pointers += later.pointers;
        ascii += later.ascii;
        utf16 += later.utf16;
        times += later.times;
        earliest = Math.min(earliest, later.earliest);
        latest = Math.max(latest, later.latest);
        minimum = Long.compareUnsigned(later.minimum, minimum) < 0 ? later.minimum : minimum;
        maximum = Long.compareUnsigned(later.maximum, maximum) > 0 ? later.maximum : maximum;
        allOnes &= later.allOnes;
        anyOnes |= later.anyOnes;
        if (later.late) {
            return true;
        }
        for (int slot = 0; slot < SLOTS && !overflow; slot++) {
            if (later.counts[slot] != 0) {
                count(later.values[slot], later.counts[slot]);
            }
        }
        return !overflow && !later.overflow;
    }

    private void count(long value, int times) {
        int slot = (int) (value * 0x9e37_79b9_7f4a_7c15L >>> 54) & SLOTS - 1;
        while (counts[slot] != 0 && values[slot] != value) {
            slot = slot + 1 & SLOTS - 1;
        }
        if (counts[slot] == 0) {
            if (distinct == MOST_DISTINCT) {
                overflow = true;
                return;
            }
            values[slot] = value;
            distinct++;
        }
        counts[slot] += times;
    }

    /** The distinct values, the most frequent first; when there are more than can be counted, the first that came. */
    List<Value> values() {
        List<Value> found = new ArrayList<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            if (counts[slot] != 0) {
                found.add(new Value(values[slot], counts[slot]));
            }
        }
        found.sort(Comparator.comparingLong(Value::count).reversed().thenComparing(Value::value));
        return found;
    }

    /** How many distinct values there are; -1 when more than {@value #MOST_DISTINCT}. */
    int distinct() {
        return overflow ? -1 : distinct;
    }

    /** The lowest value, as an unsigned number. */
    long minimum() {
        return minimum;
    }

    /** The highest value, as an unsigned number. */
    long maximum() {
        return maximum;
    }

    /** Bits that are not the same in all blocks. */
    long varyingBits() {
        return anyOnes & ~allOnes;
    }

    double share(long count) {
        return blocks == 0 ? 0 : (double) count / blocks;
    }
}
