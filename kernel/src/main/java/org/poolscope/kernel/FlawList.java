package org.poolscope.kernel;

import java.util.ArrayList;
import java.util.List;

/** Collects damaged places; keeps the first {@value #KEPT}. For one thread. */
final class FlawList {

    private static final int KEPT = 10_000;

    private final List<SegmentHeaps.Flaw> kept = new ArrayList<>();

    void add(long address, String reason) {
        if (kept.size() < KEPT) {
            kept.add(new SegmentHeaps.Flaw(address, reason));
        }
    }

    List<SegmentHeaps.Flaw> kept() {
        return List.copyOf(kept);
    }
}
