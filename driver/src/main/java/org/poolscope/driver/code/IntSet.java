package org.poolscope.driver.code;

import java.util.Arrays;

/** A set of non-negative ints. */
final class IntSet {

    /** More room than this is given back when a set is cleared. */
    private static final int KEPT = 1024;

    private int[] slots = new int[64];
    private int size;

    IntSet() {
        Arrays.fill(slots, -1);
    }

    /** Adds a value; whether it is new. */
    boolean add(int value) {
        int at = slot(slots, value);
        if (slots[at] == value) {
            return false;
        }
        slots[at] = value;
        if (++size * 2 > slots.length) {
            int[] larger = new int[slots.length * 2];
            Arrays.fill(larger, -1);
            for (int each : slots) {
                if (each >= 0) {
                    larger[slot(larger, each)] = each;
                }
            }
            slots = larger;
        }
        return true;
    }

    boolean contains(int value) {
        return slots[slot(slots, value)] == value;
    }

    /** Takes a value out. */
    void remove(int value) {
        int mask = slots.length - 1;
        int hole = slot(slots, value);
        if (slots[hole] != value) {
            return;
        }
        slots[hole] = -1;
        size--;
        for (int at = hole + 1 & mask; slots[at] >= 0; at = at + 1 & mask) {
            int moved = slots[at];
            slots[at] = -1;
            slots[slot(slots, moved)] = moved;
        }
    }

    int size() {
        return size;
    }

    void clear() {
        if (slots.length > KEPT) {
            slots = new int[64];   // one large function must not make all later ones clear its room
        }
        Arrays.fill(slots, -1);
        size = 0;
    }

    /** The values in order. */
    int[] toSortedArray() {
        int[] values = new int[size];
        int count = 0;
        for (int each : slots) {
            if (each >= 0) {
                values[count++] = each;
            }
        }
        Arrays.sort(values);
        return values;
    }

    private static int slot(int[] slots, int value) {
        int mask = slots.length - 1;
        int at = (value * 0x9e3779b9 >>> 7) & mask;
        while (slots[at] >= 0 && slots[at] != value) {
            at = at + 1 & mask;
        }
        return at;
    }
}
