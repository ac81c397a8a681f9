package org.poolscope.pool;

import java.util.Arrays;

/** A set of address ranges, sorted and without overlap. Immutable. */
final class AddressRanges {

    private final long[] starts;
    private final long[] ends;

    private AddressRanges(long[] starts, long[] ends) {
        this.starts = starts;
        this.ends = ends;
    }

    /** All ranges of several sets. */
    static AddressRanges of(AddressRanges... sets) {
        Builder all = new Builder();
        for (AddressRanges set : sets) {
            for (int i = 0; i < set.starts.length; i++) {
                all.add(set.starts[i], set.ends[i]);
            }
        }
        return all.build();
    }

    /** Whether an address lies in one of them. */
    boolean contains(long va) {
        int at = atOrBefore(va);
        return at >= 0 && Long.compareUnsigned(va, ends[at]) < 0;
    }

    private int atOrBefore(long va) {
        int low = 0;
        int high = starts.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(starts[middle], va) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    /** Takes the parts of a range that lie in none of these. */
    @FunctionalInterface
    interface Gaps {
        /** A part, from {@code start} up to {@code end}, exclusive. */
        void gap(long start, long end);
    }

    /** The parts of a range that lie in none of these, in order. */
    void gaps(long start, long end, Gaps to) {
        long from = start;
        int at = Math.max(0, atOrBefore(start));
        while (at < starts.length && Long.compareUnsigned(starts[at], end) < 0) {
            if (Long.compareUnsigned(starts[at], from) > 0) {
                to.gap(from, starts[at]);
            }
            if (Long.compareUnsigned(ends[at], from) > 0) {
                from = ends[at];
            }
            at++;
        }
        if (Long.compareUnsigned(from, end) < 0) {
            to.gap(from, end);
        }
    }

    /** Answers for addresses that mostly ascend: remembers the last answer and how far it holds. For one thread. */
    Cursor cursor() {
        return new Cursor();
    }

    /** One thread's way through the ranges. */
    final class Cursor {

        private long from;
        private long to;
        private boolean inside;

        boolean contains(long va) {
            if (Long.compareUnsigned(va, from) < 0 || Long.compareUnsigned(va, to) >= 0) {
                move(va);
            }
            return inside;
        }

        private void move(long va) {
            int at = atOrBefore(va);
            inside = at >= 0 && Long.compareUnsigned(va, ends[at]) < 0;
            if (inside) {
                from = starts[at];
                to = ends[at];
            } else {
                from = at >= 0 ? ends[at] : 0;
                to = at + 1 < starts.length ? starts[at + 1] : -1;
            }
        }
    }

    /** Gathers ranges in any order; those that touch or overlap become one. */
    static final class Builder {

        private long[] ranges = new long[2 * 64];
        private int count;

        Builder add(long start, long end) {
            if (Long.compareUnsigned(start, end) < 0) {
                if (2 * count == ranges.length) {
                    ranges = Arrays.copyOf(ranges, 2 * ranges.length);
                }
                ranges[2 * count] = start;
                ranges[2 * count + 1] = end;
                count++;
            }
            return this;
        }

        AddressRanges build() {
            Integer[] order = new Integer[count];
            Arrays.setAll(order, i -> i);
            Arrays.sort(order, (a, b) -> Long.compareUnsigned(ranges[2 * a], ranges[2 * b]));
            long[] starts = new long[count];
            long[] ends = new long[count];
            int kept = 0;
            for (int i : order) {
                if (kept > 0 && Long.compareUnsigned(ranges[2 * i], ends[kept - 1]) <= 0) {
                    if (Long.compareUnsigned(ranges[2 * i + 1], ends[kept - 1]) > 0) {
                        ends[kept - 1] = ranges[2 * i + 1];
                    }
                } else {
                    starts[kept] = ranges[2 * i];
                    ends[kept++] = ranges[2 * i + 1];
                }
            }
            return new AddressRanges(Arrays.copyOf(starts, kept), Arrays.copyOf(ends, kept));
        }
    }
}
