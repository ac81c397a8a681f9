package org.poolscope.driver.code;

/** A set of places in an image's code: a bit for each byte of it. */
final class CodeSet {

    private final CodeBytes code;
    private final long[] words;

    CodeSet(CodeBytes code) {
        this.code = code;
        this.words = new long[(code.total() >>> 6) + 2];
    }

    /** Adds an RVA; whether it is in code and new. */
    boolean add(int rva) {
        int range = code.range(rva);
        if (range < 0) {
            return false;
        }
        int position = code.position(range, rva);
        long bit = 1L << position;
        boolean isNew = (words[position >>> 6] & bit) == 0;
        words[position >>> 6] |= bit;
        return isNew;
    }

    boolean contains(int rva) {
        int range = code.range(rva);
        return range >= 0 && has(code.position(range, rva));
    }

    private boolean has(int position) {
        return (words[position >>> 6] >>> position & 1) != 0;
    }

    /** Takes an RVA out. */
    void remove(int rva) {
        int range = code.range(rva);
        if (range >= 0) {
            int position = code.position(range, rva);
            words[position >>> 6] &= ~(1L << position);
        }
    }

    /** Whether one of the {@linkplain CodeBytes#position positions} from one up to, and without, another is in the set. */
    boolean isAnyBetween(int from, int to) {
        if (from >= to) {
            return false;
        }
        int last = to - 1 >>> 6;
        long first = words[from >>> 6] & -1L << from;
        if (from >>> 6 == last) {
            return (first & -1L >>> (-to & 63)) != 0;
        }
        boolean found = first != 0;
        for (int word = (from >>> 6) + 1; word < last && !found; word++) {
            found = words[word] != 0;
        }
        return found || (words[last] & -1L >>> (-to & 63)) != 0;
    }

    /** The first position in the set that is not before one; {@link Integer#MAX_VALUE} when there is none. */
    int atOrAfter(int position) {
        int word = position >>> 6;
        for (long bits = words[word] & -1L << position; ; bits = words[word]) {
            if (bits != 0) {
                return (word << 6) + Long.numberOfTrailingZeros(bits);
            }
            if (++word == words.length) {
                return Integer.MAX_VALUE;
            }
        }
    }

    /** The greatest position in the set that is not behind one; -1 when there is none. */
    int atOrBefore(int position) {
        long bits = words[position >>> 6] & -1L >>> (~position & 63);
        for (int word = position >>> 6; ; bits = words[--word]) {
            if (bits != 0) {
                return (word << 6) + 63 - Long.numberOfLeadingZeros(bits);
            }
            if (word == 0) {
                return -1;
            }
        }
    }

    /** The RVAs in order. */
    int[] toSortedArray() {
        IntList found = new IntList();
        for (int range = 0; range < code.rangeCount(); range++) {
            int start = code.position(range, code.start(range));
            int end = start + code.end(range) - code.start(range);
            for (int word = start >>> 6; word << 6 < end; word++) {
                for (long left = words[word]; left != 0; left &= left - 1) {
                    int position = (word << 6) + Long.numberOfTrailingZeros(left);
                    if (position >= start && position < end) {
                        found.add(code.start(range) + position - start);
                    }
                }
            }
        }
        return found.toArray();
    }
}
