package org.poolscope.kernel;

import java.util.ArrayList;
import java.util.List;

/** Collects damaged places; keeps the first {@value #KEPT} and counts all. For one thread. */
final class FlawList {

    private static final int KEPT = 10_000;

    private final List<SegmentHeaps.Flaw> kept = new ArrayList<>();
    private long count;

    void add(long address, String reason) {
        count++;
        if (kept.size() < KEPT) {
            kept.add(new SegmentHeaps.Flaw(address, reason));
        }
    }

    List<SegmentHeaps.Flaw> kept() {
        return List.copyOf(kept);
    }

    long count() {
        return count;
    }
}
