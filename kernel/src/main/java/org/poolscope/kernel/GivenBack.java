package org.poolscope.kernel;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.poolscope.memory.PagedMemory;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/** Reads the lists of blocks that were given back, while their heap still counts them as in use. */
final class GivenBack {

    /** A list's depth has 16 bits. */
    private static final int MOST_ENTRIES = 1 << 16;
    private static final long FLAGS = 0xf;

    private final PagedMemory memory;
    private final FlawList flaws;
    private final StructLayout node;
    private final StructLayout lookaside;
    private final StructLayout bucket;
    private final int lists;
    private final int buckets;
    private final int delayed;
    private final int next;
    private final Set<Long> seen = new HashSet<>();
    private long[] entries = new long[16];
    private int count;

    GivenBack(PagedMemory memory, TypeLayouts layouts, FlawList flaws) {
        this.memory = memory;
        this.flaws = flaws;
        this.node = layouts.get("_EX_HEAP_POOL_NODE");
        this.lookaside = layouts.get("_RTL_DYNAMIC_LOOKASIDE");
        this.bucket = layouts.get("_RTL_LOOKASIDE");
        this.lists = node.field("Lookasides").count();
        this.buckets = lookaside.field("Buckets").count();
        this.next = layouts.get("_SLIST_HEADER").offset("Region");
        this.delayed = layouts.get("_SEGMENT_HEAP").offset("VsContext") + layouts.get("_HEAP_VS_CONTEXT").offset("DelayFreeContext")
                + layouts.get("_HEAP_VS_DELAY_FREE_CONTEXT").offset("ListHead");
    }

    /** The lookaside lists of a node. */
    void node(long at) {
        for (int i = 0; i < lists; i++) {
            long one = at + node.offset("Lookasides") + (long) i * lookaside.size();
            for (int j = 0; j < buckets; j++) {
                list(one + lookaside.offset("Buckets") + (long) j * bucket.size() + bucket.offset("ListHead"));
            }
        }
    }

    /** The chunks a heap frees later. */
    void heap(SegmentHeaps.Heap heap) {
        list(heap.address() + delayed);
    }

    /** An interlocked list: the pointer to the first entry has four flag bits, those between entries have none. */
    private void list(long head) {
        if (!memory.isReadable(head + next, Long.BYTES)) {
            return;
        }
        long entry = memory.canonical(memory.u64(head + next) & ~FLAGS);
        for (int i = 0; entry != 0; i++) {
            if (i == MOST_ENTRIES || !seen.add(entry)) {
                flaws.add(head, "a list of blocks given back leads to 0x%x again".formatted(entry));
                return;
            }
            if (!memory.isReadable(entry, Long.BYTES)) {
                flaws.add(head, "a list of blocks given back leads to 0x%x, which cannot be read".formatted(entry));
                return;
            }
            if (count == entries.length) {
                entries = Arrays.copyOf(entries, 2 * count);
            }
            entries[count++] = entry;
            entry = memory.canonical(memory.u64(entry));
        }
    }

    /** What was found since this was asked last. */
    long[] take() {
        long[] taken = Arrays.copyOf(entries, count);
        count = 0;
        return taken;
    }
}
