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
    private int[] keys = new int[1024];
    private boolean[] used = new boolean[1024];
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

    void setAt(int slot, int counter, long value) {
        values[slot * width + counter] = value;
    }

    /** Where a tag's counters are, until another tag is asked for. */
    int slot(int key) {
        int mask = keys.length - 1;
        int slot = key * 0x9e37_79b9 >>> 12 & mask;
        while (used[slot]) {
            if (keys[slot] == key) {
                return slot;
            }
            slot = slot + 1 & mask;
        }
        if (2 * count > keys.length) {
            grow();
            return slot(key);
        }
        used[slot] = true;
        keys[slot] = key;
        count++;
        return slot;
    }

    private void grow() {
        TagCounts larger = new TagCounts(width, 2 * keys.length);
        for (int slot = 0; slot < keys.length; slot++) {
            if (used[slot]) {
                System.arraycopy(values, slot * width, larger.values, larger.slot(keys[slot]) * width, width);
            }
        }
        keys = larger.keys;
        used = larger.used;
        values = larger.values;
    }

    private TagCounts(int width, int room) {
        this.width = width;
        this.keys = new int[room];
        this.used = new boolean[room];
        this.values = new long[width * room];
    }

    void forEach(Visitor visitor) {
        for (int slot = 0; slot < keys.length; slot++) {
            if (used[slot]) {
                visitor.tag(keys[slot], Arrays.copyOfRange(values, slot * width, (slot + 1) * width));
            }
        }
    }
}
