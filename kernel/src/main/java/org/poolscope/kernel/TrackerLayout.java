package org.poolscope.kernel;

import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;

/** {@code POOL_TRACKER_TABLE} as plain numbers, for the loop over a table. */
final class TrackerLayout {

    private static final String[] COUNTERS = {"NonPagedAllocs", "NonPagedFrees", "NonPagedBytes", "PagedAllocs", "PagedFrees",
            "PagedBytes"};

    /** Bytes of an entry. */
    final int size;

    /** Offset of the tag. */
    final int key;

    /** Offsets of allocations, frees and bytes of nonpaged pool, then of paged pool. */
    final int[] offsets = new int[COUNTERS.length];

    /** Their widths in bytes: 4 or 8. */
    final int[] widths = new int[COUNTERS.length];

    TrackerLayout(StructLayout layout) {
        size = layout.size();
        key = layout.offset("Key");
        for (int i = 0; i < COUNTERS.length; i++) {
            FieldLayout field = layout.field(COUNTERS[i]);
            offsets[i] = field.offset();
            widths[i] = field.bytes();
        }
    }
}
