package org.poolscope.pool;

import java.util.Arrays;

/** Counters by tag, several for each, in flat arrays. */
final class TagCounts {

    /** Takes a tag's counters. */
    @FunctionalInterface
    interface Visitor {
        void tag(int key, long[] values);
    }

    private final int width;
    /** In each slot the complement of a key, which is never 0; or 0 when the slot is free. */
    private int[] keys = new int[1024];
    private long[] values;
    private int count;

    TagCounts(int width) {
        this.width = width;
        this.values = new long[width * keys.length];
    }

    /** Adds values to the first counters of a tag. */
    void addAll(int key, long... amounts) {
        int slot = slot(key);
        for (int counter = 0; counter < amounts.length; counter++) {
            addAt(slot, counter, amounts[counter]);
        }
    }

    void add(int key, int counter, long amount) {
        values[slot(key) * width + counter] += amount;
    }

    /** Adds to a counter of the tag at a {@linkplain #slot slot}. */
    void addAt(int slot, int counter, long amount) {
        values[slot * width + counter] += amount;
    }

    long at(int slot, int counter) {
        return values[slot * width + counter];
    }

    void setAt(int slot, int counter, long value) {
        values[slot * width + counter] = value;
    }

    /** Where a tag's counters are, until another tag is asked for. Keys are not negative. */
    int slot(int key) {
        int[] known = keys;
        int mask = known.length - 1;
        int slot = key * 0x9e37_79b9 >>> 12 & mask;
        for (int wanted = ~key; known[slot] != 0; slot = slot + 1 & mask) {
            if (known[slot] == wanted) {
                return slot;
            }
        }
        if (2 * count > keys.length) {
            grow();
            return slot(key);
        }
        keys[slot] = ~key;
        count++;
        return slot;
    }

    private void grow() {
        TagCounts larger = new TagCounts(width, 2 * keys.length);
        for (int slot = 0; slot < keys.length; slot++) {
            if (keys[slot] != 0) {
                System.arraycopy(values, slot * width, larger.values, larger.slot(~keys[slot]) * width, width);
            }
        }
        keys = larger.keys;
        values = larger.values;
    }

    private TagCounts(int width, int room) {
        this.width = width;
        this.keys = new int[room];
        this.values = new long[width * room];
    }

    void forEach(Visitor visitor) {
        for (int slot = 0; slot < keys.length; slot++) {
            if (keys[slot] != 0) {
                visitor.tag(~keys[slot], Arrays.copyOfRange(values, slot * width, (slot + 1) * width));
            }
        }
    }
}
