package org.poolscope.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.poolscope.memory.PagedMemory;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/**
 * Finds the segments of heaps: by the list each context keeps, and, where that list is damaged, by their signature, which hides the
 * context's address under the segment's own and the heap key.
 */
final class HeapSegments {

    /** Part of every segment's signature, up to build 22621 at least; 0 in later kernels. */
    private static final long[] SALTS = {0xa2e6_4ead_a2e6_4eadL, 0};

    private static final int DESCRIPTORS_SHIFT = 8;
    /** The shift of a unit in a heap's two contexts, when a context's own is damaged, and the shifts that can be. */
    private static final int[] USUAL_SHIFT = {12, 16};
    private static final int MOST_SHIFT = 20;
    private static final int MOST_SEGMENTS = 1 << 20;
    private static final long LEAST_SEGMENT = 1L << USUAL_SHIFT[0] + DESCRIPTORS_SHIFT;

    private final PagedMemory memory;
    private final FlawList flaws;
    private final StructLayout heap;
    private final StructLayout context;
    private final StructLayout segment;
    private final Map<Long, Context> contexts = new HashMap<>();
    private final List<Context> all = new ArrayList<>();
    private final TreeMap<Long, Context> found = new TreeMap<>(Long::compareUnsigned);
    private long key;
    private boolean broken;

    HeapSegments(PagedMemory memory, TypeLayouts layouts, FlawList flaws, long key) {
        this.memory = memory;
        this.flaws = flaws;
        this.key = key;
        this.heap = layouts.get("_SEGMENT_HEAP");
        this.context = layouts.get("_HEAP_SEG_CONTEXT");
        this.segment = layouts.get("_HEAP_PAGE_SEGMENT");
    }

    /**
     * How one size of segments of one heap is divided.
     *
     * @param unitShift the binary logarithm of a unit's bytes
     */
    record Context(long address, PoolKind pool, int unitShift) {

        long segmentBytes() {
            return 1L << unitShift + DESCRIPTORS_SHIFT;
        }
    }

    /** Takes a heap's contexts in. */
    void add(SegmentHeaps.Heap of) {
        for (int i = 0; i < USUAL_SHIFT.length; i++) {
            long at = of.address() + heap.offset("SegContexts") + (long) i * context.size();
            if (!memory.isReadable(at, context.size())) {
                flaws.add(at, "the heap's list of segments cannot be read");
                broken = true;
            } else if (memory.pointer(at + context.offset("SegmentListHead")) != 0) {
                Context one = new Context(at, of.pool(), unitShift(at, i));
                contexts.put(at, one);
                all.add(one);
            }
        }
    }

    /** The unit's shift, which the mask of a segment's address says too. */
    private int unitShift(long at, int number) {
        int told = memory.u8(at + context.offset("UnitShift"));
        long mask = memory.u64(at + context.offset("SegmentMask"));
        int byMask = Long.numberOfTrailingZeros(mask) - DESCRIPTORS_SHIFT;
        if (told == byMask && mask == -1L << byMask + DESCRIPTORS_SHIFT && told >= USUAL_SHIFT[0] && told <= MOST_SHIFT) {
            return told;
        }
        flaws.add(at, "the heap says units of 2^%d bytes and a segment mask of 0x%x, which contradict each other".formatted(told, mask));
        return USUAL_SHIFT[number];
    }

    /** Finds the segments of all heaps taken in. */
    void find(PoolRegions regions) {
        Map<Long, Context> listed = new HashMap<>();
        for (Context one : all) {
            list(one, listed);
        }
        judgeKey(listed);
        listed.forEach(this::take);
        if (broken) {
            for (PoolRegions.Region region : regions.all()) {
                memory.forEachRegion(region.first(), region.last(), (va, offset, length) -> search(va, length));
            }
        }
    }

    private void list(Context of, Map<Long, Context> listed) {
        long head = of.address() + context.offset("SegmentListHead");
        LinkedEntries entries = LinkedEntries.of(memory, head, MOST_SEGMENTS);
        long count = memory.u64(of.address() + context.offset("SegmentCount"));
        if (!entries.damage().isEmpty()) {
            flaws.add(head, "the heap's list of segments " + entries.damage());
            broken = true;
        } else if (entries.addresses().size() != count) {
            flaws.add(head, "the heap counts %d segments and lists %d".formatted(count, entries.addresses().size()));
            broken = true;
        }
        for (long entry : entries.addresses()) {
            long at = entry - segment.offset("ListEntry");
            if ((at & of.segmentBytes() - 1) != 0) {
                flaws.add(at, "the heap's list of segments leads here, where no segment can be");
                broken = true;
            } else if (!memory.isReadable(at, segment.size())) {
                flaws.add(at, "the descriptors of a segment are not in the image: its blocks are missing");
            } else {
                listed.put(at, of);
            }
        }
    }

    /** Where most segments agree on another key than the kernel's variable says, the variable is damaged. */
    private void judgeKey(Map<Long, Context> listed) {
        Map<Long, Integer> votes = new HashMap<>();
        listed.forEach((at, of) -> votes.merge(memory.u64(at + segment.offset("Signature")) ^ at ^ of.address(), 1, Integer::sum));
        int mine = votes.getOrDefault(key ^ SALTS[0], 0) + votes.getOrDefault(key ^ SALTS[1], 0);
        votes.forEach((vote, count) -> {
            if (count > 1 && 2 * count > listed.size() && mine == 0) {
                flaws.add(0, "the heap key is 0x%x, but the signatures of %d segments were made with 0x%x".formatted(key, count,
                        vote ^ SALTS[0]));
                key = vote ^ SALTS[0];
            }
        });
    }

    private void take(long at, Context of) {
        if (signed(at) != of) {
            flaws.add(at, "a segment on the heap's list has no sound signature");
        }
        found.putIfAbsent(at, of);
    }

    private Context signed(long at) {
        long hidden = memory.u64(at + segment.offset("Signature")) ^ at ^ key;
        Context first = contexts.get(hidden ^ SALTS[0]);
        return first != null ? first : contexts.get(hidden ^ SALTS[1]);
    }

    private void search(long va, long length) {
        for (long at = va + LEAST_SEGMENT - 1 & -LEAST_SEGMENT; at - va + segment.size() <= length; at += LEAST_SEGMENT) {
            Context of = signed(at);
            if (of != null && (at & of.segmentBytes() - 1) == 0 && found.putIfAbsent(at, of) == null) {
                flaws.add(at, "a segment is on no list of its heap");
            }
        }
    }

    /** The key that hides headers. */
    long key() {
        return key;
    }

    /** Segments by address, and how they are divided. */
    TreeMap<Long, Context> found() {
        return found;
    }
}
