package org.poolscope.kernel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.poolscope.memory.PagedMemory;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/** Reads the heaps of the pools from {@code ExPoolState}, in which each node of memory has its heaps. */
final class SegmentHeapReader {

    /** Of a node's heaps, those behind this are of paged pool: nonpaged executable, nonpaged, paged, paged. */
    private static final int FIRST_PAGED = 2;

    private final PagedMemory memory;
    private final TypeLayouts layouts;
    private final FlawList flaws = new FlawList();
    private final List<SegmentHeaps.Heap> heaps = new ArrayList<>();
    private final Set<Long> seen = new HashSet<>();
    private final StructLayout state;
    private final StructLayout node;
    private final StructLayout heap;
    private final StructLayout context;

    private SegmentHeapReader(PagedMemory memory, TypeLayouts layouts) {
        this.memory = memory;
        this.layouts = layouts;
        this.state = layouts.get("_EX_POOL_HEAP_MANAGER_STATE");
        this.node = layouts.get("_EX_HEAP_POOL_NODE");
        this.heap = layouts.get("_SEGMENT_HEAP");
        this.context = layouts.get("_HEAP_SEG_CONTEXT");
    }

    /**
     * Reads all heaps.
     *
     * @param kernel the kernel's module, to look in when no symbol tells; {@code null} when it is not known
     * @throws org.poolscope.symbols.UnknownLayoutException when a structure is not known
     */
    static Answer<SegmentHeaps> read(PagedMemory memory, KernelVariables variables, TypeLayouts layouts, PoolRegions regions,
            LoadedModule kernel) {
        OptionalLong state = variables.symbol("ExPoolState");
        if (state.isEmpty() && kernel != null) {
            state = new PoolStateFinder(memory, layouts).in(kernel);
        }
        return state.isEmpty() ? Answer.none("the root of the pools' heaps (ExPoolState) is not found in the kernel's data")
                : new SegmentHeapReader(memory, layouts).read(state.getAsLong(), regions);
    }

    private Answer<SegmentHeaps> read(long at, PoolRegions regions) {
        StructLayout globals = layouts.get("_RTLP_HP_HEAP_GLOBALS");
        long manager = at + state.offset("HeapManager") + layouts.get("_RTLP_HP_HEAP_MANAGER").offset("Globals");
        long secrets = memory.isReadable(manager, Long.BYTES) ? memory.canonical(memory.pointer(manager)) : 0;
        if (!memory.isReadable(secrets, globals.size())) {
            return Answer.none("the keys of the pools' heaps are not in the image (ExPoolState at 0x%x)".formatted(at));
        }
        GivenBack lists = new GivenBack(memory, layouts, flaws);
        nodes(at, lists);
        special(at);
        if (heaps.isEmpty()) {
            return Answer.none("the pools' heaps are not in the image (ExPoolState at 0x%x)".formatted(at));
        }
        long[] parked = lists.take();
        heaps.forEach(lists::heap);
        long[] delayed = lists.take();
        HeapSegments segments = new HeapSegments(memory, layouts, flaws, memory.u64(secrets + globals.offset("HeapKey")));
        heaps.forEach(segments::add);
        segments.find(regions);
        HeapRanges.Builder ranges = new HeapRanges.Builder();
        RangeDescriptors descriptors = new RangeDescriptors(memory, layouts, flaws, ranges);
        long end = 0;
        for (Map.Entry<Long, HeapSegments.Context> segment : segments.found().entrySet()) {
            end = descriptors.read(segment.getKey(), segment.getValue(), end);
        }
        List<SegmentHeaps.Large> large = new ArrayList<>();
        LargeAllocations trees = new LargeAllocations(memory, layouts, flaws);
        heaps.forEach(one -> trees.read(one, large));
        SegmentHeaps.Keys keys = new SegmentHeaps.Keys(segments.key(), memory.u64(secrets + globals.offset("LfhKey")));
        return Answer.of(new SegmentHeaps(keys, ranges.build(), large, new SegmentHeaps.Lists(parked, delayed), flaws));
    }

    private void nodes(long at, GivenBack lists) {
        long count = at + state.offset("NumberOfPools");
        int most = state.field("PoolNode").count();
        int told = memory.isReadable(count, Integer.BYTES) ? memory.u32(count) : 0;
        if (told <= 0 || told > most) {
            flaws.add(count, "the kernel counts %d nodes of pools; only those with heaps are read".formatted(Integer.toUnsignedLong(told)));
            told = most;
        }
        for (int i = 0; i < told; i++) {
            long one = at + state.offset("PoolNode") + (long) i * node.size();
            heaps(one + node.offset("Heaps"), node.field("Heaps").count());
            lists.node(one);
        }
    }

    private void special(long at) {
        state.find("SpecialHeaps").ifPresent(field -> heaps(at + field.offset(), field.count()));
    }

    private void heaps(long array, int count) {
        for (int i = 0; i < count; i++) {
            long slot = array + (long) i * Long.BYTES;
            if (memory.isReadable(slot, Long.BYTES) && memory.pointer(slot) != 0) {
                heap(slot, i < FIRST_PAGED ? PoolKind.NONPAGED : PoolKind.PAGED);
            }
        }
    }

    private void heap(long slot, PoolKind pool) {
        long at = memory.canonical(memory.pointer(slot));
        if (!memory.isReadable(at, heap.size())) {
            flaws.add(slot, "a heap of a pool would be at 0x%x, which cannot be read".formatted(at));
            return;
        }
        boolean signed = memory.u32(at + heap.offset("Signature")) == PoolStateFinder.SIGNATURE;
        long owner = at + heap.offset("SegContexts") + context.offset("Heap");
        if (!signed && memory.canonical(memory.pointer(owner)) != at) {
            flaws.add(slot, "what is at 0x%x is no heap".formatted(at));
            return;
        }
        if (!signed) {
            flaws.add(at, "a heap of a pool has no signature");
        }
        if (seen.add(at)) {
            heaps.add(new SegmentHeaps.Heap(at, pool));
        }
    }
}
