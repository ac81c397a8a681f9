package org.poolscope.pool;

import java.util.Arrays;

/**
 * Finds what lies at an address, by page: a number for each page that was put in, 0 for every other. Pages are kept in leaves of
 * {@value #LEAF} (2 MB of addresses), leaves in a hash table. Readers may share it once it is filled.
 */
final class PageIndex {

    private static final int LEAF_BITS = 9;
    private static final int LEAF = 1 << LEAF_BITS;
    private static final int LEAF_SHIFT = Words.PAGE_SHIFT + LEAF_BITS;

    /** Of each slot the key, 0 when it is free, and where the leaf begins: side by side, so that both come with one access to memory. */
    private long[] slots = new long[2 * 64];
    private int[] numbers = new int[16 * LEAF];
    private int used;

    /** The number at the page of an address, 0 when there is none. */
    int get(long va) {
        long key = key(va);
        int mask = slots.length - 2;
        for (int slot = hash(key) & mask;; slot = slot + 2 & mask) {
            long found = slots[slot];
            if (found == key) {
                return numbers[(int) slots[slot + 1] + inLeaf(va)];
            }
            if (found == 0) {
                return 0;
            }
        }
    }

    void put(long va, int number) {
        numbers[leaf(key(va)) + inLeaf(va)] = number;
    }

    private int leaf(long key) {
        int slot = slot(key);
        if (slots[slot] == 0) {
            if (4 * used >= slots.length) {
                grow();
                slot = slot(key);
            }
            if ((used + 1) * LEAF > numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * numbers.length);
            }
            slots[slot] = key;
            slots[slot + 1] = (long) used++ * LEAF;
        }
        return (int) slots[slot + 1];
    }

    /** The slot of a key, or the free one where it belongs. */
    private int slot(long key) {
        int mask = slots.length - 2;
        int slot = hash(key) & mask;
        while (slots[slot] != 0 && slots[slot] != key) {
            slot = slot + 2 & mask;
        }
        return slot;
    }

    private void grow() {
        long[] old = slots;
        slots = new long[2 * old.length];
        for (int i = 0; i < old.length; i += 2) {
            if (old[i] != 0) {
                int slot = slot(old[i]);
                slots[slot] = old[i];
                slots[slot + 1] = old[i + 1];
            }
        }
    }

    private static long key(long va) {
        return (va >>> LEAF_SHIFT) + 1;
    }

    private static int inLeaf(long va) {
        return (int) (va >>> Words.PAGE_SHIFT) & LEAF - 1;
    }

    private static int hash(long key) {
        return (int) (key * 0x9e37_79b9_7f4a_7c15L >>> 40) << 1;
    }
}
