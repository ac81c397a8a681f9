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

    private long[] keys = new long[64];
    private int[][] leaves = new int[64][];
    private int used;

    /** The number at the page of an address, 0 when there is none. */
    int get(long va) {
        long key = (va >>> LEAF_SHIFT) + 1;
        int mask = keys.length - 1;
        for (int slot = hash(key) & mask;; slot = slot + 1 & mask) {
            if (keys[slot] == key) {
                return leaves[slot][(int) (va >>> Words.PAGE_SHIFT) & LEAF - 1];
            }
            if (keys[slot] == 0) {
                return 0;
            }
        }
    }

    void put(long va, int number) {
        leaf((va >>> LEAF_SHIFT) + 1)[(int) (va >>> Words.PAGE_SHIFT) & LEAF - 1] = number;
    }

    private int[] leaf(long key) {
        int mask = keys.length - 1;
        int slot = hash(key) & mask;
        while (keys[slot] != 0) {
            if (keys[slot] == key) {
                return leaves[slot];
            }
            slot = slot + 1 & mask;
        }
        if (2 * ++used > keys.length) {
            grow();
            used--;
            return leaf(key);
        }
        keys[slot] = key;
        leaves[slot] = new int[LEAF];
        return leaves[slot];
    }

    private void grow() {
        long[] oldKeys = keys;
        int[][] oldLeaves = leaves;
        keys = new long[oldKeys.length * 2];
        leaves = new int[oldKeys.length * 2][];
        int mask = keys.length - 1;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                int slot = hash(oldKeys[i]) & mask;
                while (keys[slot] != 0) {
                    slot = slot + 1 & mask;
                }
                keys[slot] = oldKeys[i];
                leaves[slot] = oldLeaves[i];
            }
        }
    }

    /** Takes everything out. */
    void clear() {
        Arrays.fill(keys, 0);
        Arrays.fill(leaves, null);
        used = 0;
    }

    private static int hash(long key) {
        return (int) (key * 0x9e37_79b9_7f4a_7c15L >>> 40);
    }
}
