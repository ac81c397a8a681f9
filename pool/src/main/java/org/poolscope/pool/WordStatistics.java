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
    private static final int SMALL_BITS = 16;
    /** The first number that is not small. */
    static final long SMALL = 1L << SMALL_BITS;
    /** Bits that two characters of UTF-16 do not have, as far as they are looked for. */
    private static final int NO_UTF16 = 0xff80_ff80;

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

    /**
     * Counts the values of this place in some more blocks. The same value in neighbours, which most places have, is looked at once.
     *
     * @param values the values in the order of the blocks, as unsigned numbers
     * @param count how many of them
     */
    void add(long[] values, int count) {
        long lowest = minimum ^ Long.MIN_VALUE;
        long highest = maximum ^ Long.MIN_VALUE;
        long ones = allOnes;
        long any = anyOnes;
        for (int from = 0, to = 0; from < count; from = to) {
            long value = values[from];
            do {
                to++;
            } while (to < count && values[to] == value);
            long ordered = value ^ Long.MIN_VALUE;
            lowest = Math.min(lowest, ordered);
            highest = Math.max(highest, ordered);
            ones &= value;
            any |= value;
            zero += value == 0 ? to - from : 0;
            if (!overflow) {
                count(value, to - from);
            }
        }
        blocks += count;
        minimum = lowest ^ Long.MIN_VALUE;
        maximum = highest ^ Long.MIN_VALUE;
        allOnes = ones;
        anyOnes = any;
    }

    /** Counts what kinds of things these values of four bytes can be. */
    void addKinds(long[] values, int count) {
        for (int from = 0, to = 0; from < count; from = to) {
            int value = (int) values[from];
            do {
                to++;
            } while (to < count && (int) values[to] == value);
            if (value >>> SMALL_BITS == 0) {
                small += to - from;
            }
            if (isAscii(value)) {
                ascii += to - from;
            }
            if ((value & NO_UTF16) == 0 && isUtf16(value)) {
                utf16 += to - from;
            }
        }
    }

    /**
     * Counts times that begin here, in 100 ns since 1601; on 32-bit systems their upper half stands in the next place.
     *
     * @param from the upper half of the earliest that is taken for a time
     * @param to the upper half of the first that is too late for one
     */
    void addTimes(long[] values, int count, long from, long to) {
        for (int i = 0; i < count; i++) {
            long upper = values[i] >>> Integer.SIZE;
            if (upper >= from && upper < to) {
                times++;
                earliest = Math.min(earliest, values[i]);
                latest = Math.max(latest, values[i]);
            }
        }
    }

    /** Whether all four bytes are printable: 0x20 to 0x7e. The sums set the upper bit of a byte that is 0x7f, and of one that is not below 0x20. */
    private static boolean isAscii(int value) {
        int low = value & 0x7f7f_7f7f;
        return ((value | low + 0x0101_0101 | ~(low + 0x6060_6060)) & 0x8080_8080) == 0;
    }

    private static boolean isUtf16(int value) {
        int low = value & 0xffff;
        int high = value >>> 16;
        return low >= 0x20 && low < 0x7f && (high >= 0x20 && high < 0x7f || high == 0);
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
