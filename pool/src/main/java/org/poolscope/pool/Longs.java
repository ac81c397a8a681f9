package org.poolscope.pool;

import java.util.Arrays;

/** A growing array of numbers, used as a list or a stack. For one thread. */
final class Longs {

    private long[] values = new long[64];
    private int count;

    void add(long value) {
        if (count == values.length) {
            values = Arrays.copyOf(values, 2 * count);
        }
        values[count++] = value;
    }

    void addAll(Longs others) {
        if (values.length - count < others.count) {
            values = Arrays.copyOf(values, Math.max(2 * values.length, count + others.count));
        }
        System.arraycopy(others.values, 0, values, count, others.count);
        count += others.count;
    }

    long get(int index) {
        return values[index];
    }

    /** Takes the last one off. */
    long pop() {
        return values[--count];
    }

    /** Takes the last ones off. */
    long[] pop(int howMany) {
        count -= howMany;
        return Arrays.copyOfRange(values, count, count + howMany);
    }

    int count() {
        return count;
    }

    void clear() {
        count = 0;
    }

    void sort() {
        Arrays.sort(values, 0, count);
    }
}
