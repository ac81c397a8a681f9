package org.poolscope.pool;

import java.util.Arrays;

/**
 * Numbers pages in the order of their addresses, and finds the number of the page at an address. A leaf describes 2 MB of addresses in
 * 80 bytes: the number of its first page, which pages there are, and how many come before each 64 of them. So the index of a million
 * pages takes about 300 KB, which a processor's own cache holds. Readers may share it once it is {@linkplain #seal sealed}.
 *
 * <p>Leaves are in a hash table, and where the addresses do not lie too far apart for that also in a plain one, which is asked in half the
 * time: of this only the few lines are ever touched where there are pages.
 */
final class PageIndex {

    private static final int LEAF_BITS = 9;
    private static final int LEAF_MASK = (1 << LEAF_BITS) - 1;
    private static final int LEAF_SHIFT = Words.PAGE_SHIFT + LEAF_BITS;

    /** The most keys a plain table is made for: 4 TB of addresses, 8 MB of table. */
    private static final int MOST_PLAIN = 1 << 21;

    /** What a leaf has: the number of its first page, of each word but the first how many pages come before it (9 bits), the words. */
    private static final int FIRST = 0;
    private static final int BEFORE = 1;
    private static final int PRESENT = 2;
    private static final int LAST_WORD = (1 << LEAF_BITS) / Long.SIZE - 1;
    private static final int LEAF_LONGS = PRESENT + LAST_WORD + 1;
    /** For each word what one page of it adds to the counts of the words behind. */
    private static final long[] BEHIND = new long[LAST_WORD + 1];

    static {
        for (int word = LAST_WORD - 1; word >= 0; word--) {
            BEHIND[word] = BEHIND[word + 1] + (1L << beforeShift(word + 1));
        }
    }

    /** Of each slot the key, 0 when it is free, and where the leaf begins; of a leaf with all its pages the complement of the first's number. */
    private long[] slots = new long[2 * 64];
    private long[] leaves = new long[16 * LEAF_LONGS];
    private int used;
    private int count;
    /** The leaf put into last, by its key. */
    private long lastKey;
    private int lastLeaf;
    /** Of each key from the first on what stands in its slot, plus one where that is a leaf; 0 when there is none. Empty when keys are too far apart. */
    private int[] plain = {};
    private long firstKey;

    /** The number of the page of an address, counted from 0; -1 when that page was not put in. */
    int get(long va) {
        int leaf = plain.length == 0 ? found(key(va)) : plain(key(va) - firstKey);
        int page = (int) (va >>> Words.PAGE_SHIFT) & LEAF_MASK;
        return leaf < 0 ? ~leaf + page : leaf == 0 ? -1 : inLeaf(leaf - 1, page);
    }

    private int plain(long at) {
        return at < 0 || at >= plain.length ? 0 : plain[(int) at];
    }

    private int found(long key) {
        int slot = slot(key);
        return slots[slot] == 0 ? 0 : told(slot);
    }

    /** What a slot says: the complement of the number of the first page of a leaf that has them all, or where a leaf begins, plus one. */
    private int told(int slot) {
        int leaf = (int) slots[slot + 1];
        return leaf < 0 ? leaf : leaf + 1;
    }

    /** Ends the filling. */
    PageIndex seal() {
        long low = Long.MAX_VALUE;
        long high = 0;
        for (int slot = 0; slot < slots.length; slot += 2) {
            if (slots[slot] != 0) {
                low = Math.min(low, slots[slot]);
                high = Math.max(high, slots[slot]);
            }
        }
        if (used > 0 && high - low < MOST_PLAIN) {
            firstKey = low;
            plain = new int[(int) (high - low) + 1];
            for (int slot = 0; slot < slots.length; slot += 2) {
                if (slots[slot] != 0) {
                    plain[(int) (slots[slot] - low)] = told(slot);
                }
            }
        }
        return this;
    }

    private int inLeaf(int leaf, int page) {
        int word = page >>> 6;
        long present = leaves[leaf + PRESENT + word];
        if ((present >>> page & 1) == 0) {
            return -1;
        }
        int before = (int) (leaves[leaf + BEFORE] >>> beforeShift(word)) & LEAF_MASK;
        return (int) leaves[leaf + FIRST] + before + Long.bitCount(present & (1L << page) - 1);
    }

    /** Puts the next pages in; addresses must ascend. */
    void addAll(long[] addresses) {
        for (long address : addresses) {
            add(address);
        }
    }

    /** Puts the next page in; addresses must ascend. */
    void add(long va) {
        long key = key(va);
        if (key != lastKey) {
            lastLeaf = leaf(key);
            lastKey = key;
        }
        int page = (int) (va >>> Words.PAGE_SHIFT) & LEAF_MASK;
        leaves[lastLeaf + PRESENT + (page >>> 6)] |= 1L << page;
        leaves[lastLeaf + BEFORE] += BEHIND[page >>> 6];
        count++;
        if (count - (int) leaves[lastLeaf + FIRST] > LEAF_MASK) {
            slots[slot(key) + 1] = ~(int) leaves[lastLeaf + FIRST];
        }
    }

    private int leaf(long key) {
        int slot = slot(key);
        if (slots[slot] == 0) {
            if (4 * used >= slots.length) {
                grow();
                slot = slot(key);
            }
            int leaf = used++ * LEAF_LONGS;
            if (leaf + LEAF_LONGS > leaves.length) {
                leaves = Arrays.copyOf(leaves, 2 * leaves.length);
            }
            leaves[leaf + FIRST] = count;
            slots[slot] = key;
            slots[slot + 1] = leaf;
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

    /** The count of the last word stands lowest, so that the first word gets the sign bit, which is 0: no page comes before it. */
    private static int beforeShift(int word) {
        return LEAF_BITS * (LAST_WORD - word);
    }

    private static long key(long va) {
        return (va >>> LEAF_SHIFT) + 1;
    }

    private static int hash(long key) {
        return (int) (key * 0x9e37_79b9_7f4a_7c15L >>> 40) << 1;
    }
}
