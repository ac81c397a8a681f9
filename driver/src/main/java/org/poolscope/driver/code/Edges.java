package org.poolscope.driver.code;

import java.util.Arrays;

/** Which function mentions which place: pairs of RVAs, found by the place. */
final class Edges {

    private long[] pairs = new long[1024];
    private int size;
    private boolean sorted;

    /** Notes that a function calls, jumps to, reads or takes the address of a place. */
    void add(int function, int place) {
        if (size == pairs.length) {
            pairs = Arrays.copyOf(pairs, size * 2);
        }
        pairs[size++] = (long) place << 32 | function;
        sorted = false;
    }

    /** The functions that mention a place, each once, in order. */
    int[] to(int place) {
        if (!sorted) {
            Arrays.sort(pairs, 0, size);
            sorted = true;
        }
        int at = Arrays.binarySearch(pairs, 0, size, (long) place << 32);
        at = at < 0 ? -at - 1 : at;
        IntList functions = new IntList();
        int last = -1;
        for (; at < size && (int) (pairs[at] >> 32) == place; at++) {
            int function = (int) pairs[at];
            if (function != last) {
                functions.add(function);
                last = function;
            }
        }
        return functions.toArray();
    }
}
