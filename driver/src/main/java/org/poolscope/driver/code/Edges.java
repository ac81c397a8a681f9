package org.poolscope.driver.code;

import java.util.Arrays;

/** Which instruction names which place: pairs of RVAs, found by the place. */
final class Edges {

    private long[] pairs = new long[1024];
    private int size;
    /** For each bucket of places the index in {@link #order} where its pairs begin; {@code null} until somebody asks. */
    private int[] begins;
    private int[] order;

    /** Notes that the instruction at {@code from} calls, jumps to, reads or takes the address of a place. */
    void add(int from, int place) {
        if (size == pairs.length) {
            pairs = Arrays.copyOf(pairs, size * 2);
        }
        pairs[size++] = (long) place << 32 | from;
        begins = null;
    }

    int size() {
        return size;
    }

    /** The instruction of a pair. */
    int from(int index) {
        return (int) pairs[index];
    }

    /** The place of a pair. */
    int place(int index) {
        return (int) (pairs[index] >> 32);
    }

    /** The instructions that name a place, in order. */
    int[] to(int place) {
        if (begins == null) {
            distribute();
        }
        int bucket = bucket(place);
        IntList found = new IntList();
        for (int i = begins[bucket]; i < begins[bucket + 1]; i++) {
            if (place(order[i]) == place) {
                found.add(from(order[i]));
            }
        }
        int[] sorted = found.toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    /** Puts the pairs into buckets by their places: of hundreds of thousands few are ever asked for, so sorting them all would cost more. */
    private void distribute() {
        int buckets = Integer.highestOneBit(Math.max(16, size));
        begins = new int[buckets + 1];
        order = new int[size];
        for (int i = 0; i < size; i++) {
            begins[bucket(place(i)) + 1]++;
        }
        for (int i = 1; i <= buckets; i++) {
            begins[i] += begins[i - 1];
        }
        int[] next = begins.clone();
        for (int i = 0; i < size; i++) {
            order[next[bucket(place(i))]++] = i;
        }
    }

    private int bucket(int place) {
        return place * 0x9e3779b9 >>> 8 & begins.length - 2;
    }
}
