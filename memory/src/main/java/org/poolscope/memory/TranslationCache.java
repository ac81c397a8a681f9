package org.poolscope.memory;

/**
 * Remembers answers of a translation by key, in a direct-mapped table that threads share without a lock.
 *
 * <p>A slot is two numbers: the answer, and the key mixed with the answer. A reader that meets halves of two writes finds that
 * they do not fit together and takes it as a miss; since an image never changes, an answer that fits its key is right whoever
 * wrote it.
 */
final class TranslationCache {

    /** What {@link #get} answers when it does not know. No file offset, and no code of an absence. */
    static final long MISS = Long.MIN_VALUE;

    /** Makes the two halves of different answers for neighbouring keys fit by chance only once in 2^64. */
    private static final long MIX = 0x9e37_79b9_7f4a_7c15L;

    private final long[] slots;
    private final int mask;

    /** A cache of 2^bits answers, 16 bytes each. */
    TranslationCache(int bits) {
        this.slots = new long[2 << bits];
        this.mask = (1 << bits) - 1;
    }

    /** The answer kept for a key, which is not negative; or {@link #MISS}. */
    long get(long key) {
        int slot = slot(key);
        long answer = slots[slot + 1];
        return (slots[slot] ^ answer * MIX) == ~key ? answer : MISS;
    }

    void put(long key, long answer) {
        int slot = slot(key);
        slots[slot] = ~key ^ answer * MIX;
        slots[slot + 1] = answer;
    }

    private int slot(long key) {
        return ((int) (key ^ key >>> 17) & mask) << 1;
    }
}
