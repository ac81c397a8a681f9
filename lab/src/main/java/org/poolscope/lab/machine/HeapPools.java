package org.poolscope.lab.machine;

import java.util.ArrayList;
import java.util.List;
import org.poolscope.lab.Dice;
import org.poolscope.lab.image.Access;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/**
 * The segment heaps a machine's pools are made of: one for nonpaged pool whose blocks may hold code, one for all other nonpaged blocks, one
 * for paged pool; and the pool manager's state that leads to them. What the numbers mean is written out here from published research.
 */
final class HeapPools implements HeapWriting {

    private static final int NONPAGED_HEAP = 1;
    private static final int PAGED_HEAP = 2;
    private static final long HEAP_SIGNATURE = 0xddee_ddeeL;
    private static final int SMALL_UNIT = 12;
    private static final int LARGE_UNIT = 16;
    private static final long BOOKS_AT = 0x40_0000_0000L;

    private final KernelSpace space;
    private final TypeLayouts layouts;
    private final Dice dice;
    private final long heapKey;
    private final long lfhKey;
    private final List<SegmentArena> arenas = new ArrayList<>();
    private long nextBook;

    /** Makes empty heaps. */
    HeapPools(KernelSpace space, KernelVariables variables, MachineSpec spec, VirtualPlan plan, Dice dice) {
        this.space = space;
        this.layouts = spec.version().layouts();
        this.dice = dice;
        this.heapKey = dice.nextLong();
        this.lfhKey = dice.nextLong();
        this.nextBook = plan.nonPagedStart() + BOOKS_AT;
        StructLayout stateLayout = layouts.get("_EX_POOL_HEAP_MANAGER_STATE");
        Struct state = new Struct(space, stateLayout, variables.at("ExPoolState", stateLayout.size()));
        StructLayout globalsLayout = layouts.get("_RTLP_HP_HEAP_GLOBALS");
        Struct globals = new Struct(space, globalsLayout, variables.at("RtlpHpHeapGlobals", globalsLayout.size()));
        globals.set("HeapKey", heapKey).set("LfhKey", lfhKey);
        new Struct(space, layouts.get("_RTLP_HP_HEAP_MANAGER"), state.at("HeapManager")).set("Globals", globals.address());
        state.set("NumberOfPools", 1);
        Struct node = new Struct(space, layouts.get("_EX_HEAP_POOL_NODE"), state.at("PoolNode"));
        node.set("Heaps", 0, heap().address());
        Struct nonPagedHeap = heap();
        node.set("Heaps", NONPAGED_HEAP, nonPagedHeap.address());
        arenas.add(new SegmentArena(this, nonPagedHeap, PoolKind.NONPAGED, plan.nonPagedStart(), spec.nonPagedLimitPages()));
        Struct pagedHeap = heap();
        node.set("Heaps", PAGED_HEAP, pagedHeap.address());
        arenas.add(new SegmentArena(this, pagedHeap, PoolKind.PAGED, plan.pagedStart(), spec.pagedLimitPages()));
    }

    private Struct heap() {
        StructLayout layout = layouts.get("_SEGMENT_HEAP");
        space.mapMissing(nextBook, layout.size(), Access.DATA);
        Struct heap = new Struct(space, layout, nextBook);
        nextBook += 0x1000;
        heap.set("Signature", HEAP_SIGNATURE);
        for (int i = 0; i < 2; i++) {
            int shift = i == 0 ? SMALL_UNIT : LARGE_UNIT;
            Struct context = context(heap, i);
            context.set("SegmentMask", -1L << shift + 8).set("UnitShift", shift).set("PagesPerUnitShift", shift - SMALL_UNIT)
                    .set("FirstDescriptorIndex", i == 0 ? 2 : 1).set("Heap", heap.address())
                    .set("LfhContext", heap.at("LfhContext")).set("VsContext", heap.at("VsContext"));
            space.initList(context.at("SegmentListHead"));
        }
        space.initList(new Struct(space, layouts.get("_HEAP_VS_CONTEXT"), heap.at("VsContext")).at("SubsegmentList"));
        return heap;
    }

    /** One of a heap's two kinds of segments: with units of a page, or of 16. */
    Struct context(Struct heap, int number) {
        StructLayout layout = layouts.get("_HEAP_SEG_CONTEXT");
        return new Struct(space, layout, heap.at("SegContexts") + (long) number * layout.size());
    }

    /** The heap of nonpaged pool. */
    SegmentArena nonPaged() {
        return arenas.getFirst();
    }

    /** The heap of paged pool. */
    SegmentArena paged() {
        return arenas.getLast();
    }

    @Override
    public KernelSpace space() {
        return space;
    }

    @Override
    public TypeLayouts symbols() {
        return layouts;
    }

    @Override
    public Dice dice() {
        return dice;
    }

    @Override
    public boolean isLate() {
        return false;
    }

    @Override
    public long heapKey() {
        return heapKey;
    }

    @Override
    public long lfhKey() {
        return lfhKey;
    }
}
