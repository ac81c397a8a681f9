package org.poolscope.driver.code;

import java.util.Arrays;

/** Which instruction names which place: pairs of RVAs, found by the place. */
final class Edges {

    private long[] pairs = new long[1024];
    private int size;
    private boolean sorted = true;

    /** Notes that the instruction at {@code from} calls, jumps to, reads or takes the address of a place. */
    void add(int from, int place) {
        if (size == pairs.length) {
            pairs = Arrays.copyOf(pairs, size * 2);
        }
        pairs[size++] = (long) place << 32 | from;
        sorted = false;
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
        if (!sorted) {
            Arrays.sort(pairs, 0, size);
            sorted = true;
        }
        int at = Arrays.binarySearch(pairs, 0, size, (long) place << 32);
        at = at < 0 ? -at - 1 : at;
        IntList found = new IntList();
        for (; at < size && place(at) == place; at++) {
            found.add(from(at));
        }
        return found.toArray();
    }
}
