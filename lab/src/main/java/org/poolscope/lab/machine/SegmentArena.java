package org.poolscope.lab.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.poolscope.lab.image.Access;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.model.PoolKind;

/**
 * One segment heap that allocates and frees. Sizes asked for often come from subsegments of equal blocks, all others from chunks, and what
 * does not fit a page from pages of its own. Blocks of both kinds have a pool header and never cross a page.
 */
final class SegmentArena implements PoolArena {

    private static final int PAGE = 4096;
    private static final int UNIT = 16;

    /** So many times a size must be asked for before it gets blocks of its own, and at most so many units they have. */
    private static final int OFTEN = 24;
    private static final int EQUAL_UNITS = 32;

    private static final int CHUNK_PAGES = 16;
    private static final int HEAD_PAGES = 2;
    private static final long SMALL_SEGMENT = 1L << 20;
    private static final long LARGE_SEGMENT = 1L << 24;
    private static final long LARGE_SEGMENTS_AT = 0x20_0000_0000L;
    private static final int MOST_SMALL_PAGES = 127;
    private static final int LARGE_UNIT_PAGES = 16;
    private static final int PAGED_IN_USE = 3;
    private static final int NONPAGED_IN_USE = 2;
    private static final int CHARGED = 8;

    private final HeapPools heaps;
    private final KernelSpace space;
    private final Struct heap;
    private final PoolKind kind;
    private final Chunks chunks;
    private final int[] asked = new int[PAGE / UNIT + 1];
    private final List<List<Long>> spare = new ArrayList<>();
    private final TreeMap<Long, EqualBlocks> equal = new TreeMap<>(Long::compareUnsigned);
    private final List<long[]> runs = new ArrayList<>();
    private long nextSegment;
    private long nextLargeSegment;
    private HeapSegment segment;
    private HeapSegment largeSegment;
    private final int limit;
    private int pages;

    /**
     * An empty heap.
     *
     * @param region where the addresses it may take begin
     * @param limit how many pages it may take
     */
    SegmentArena(HeapPools heaps, Struct heap, PoolKind kind, long region, int limit) {
        this.limit = limit;
        this.heaps = heaps;
        this.space = heaps.space();
        this.heap = heap;
        this.kind = kind;
        this.nextSegment = region + (long) (1 + heaps.dice().below(64)) * SMALL_SEGMENT;
        this.nextLargeSegment = region + LARGE_SEGMENTS_AT;
        this.chunks = new Chunks(heaps, new Struct(space, heaps.symbols().get("_HEAP_VS_CONTEXT"), heap.at("VsContext")));
        for (int i = 0; i <= EQUAL_UNITS; i++) {
            spare.add(new ArrayList<>());
        }
    }

    @Override
    public PoolKind kind() {
        return kind;
    }

    @Override
    public int pages() {
        return pages;
    }

    /** Takes pages in a row from a segment, not mapped yet. */
    private long range(int count, int what) {
        if (count > MOST_SMALL_PAGES) {
            int units = (count + LARGE_UNIT_PAGES - 1) / LARGE_UNIT_PAGES;
            if (largeSegment == null || !largeSegment.hasRoom(units)) {
                finish(largeSegment);
                largeSegment = new HeapSegment(heaps, heaps.context(heap, 1), nextLargeSegment, 16);
                nextLargeSegment += LARGE_SEGMENT;
                pages += HEAD_PAGES;
            }
            return largeSegment.take(units, what);
        }
        if (segment == null || !segment.hasRoom(count)) {
            finish(segment);
            segment = new HeapSegment(heaps, heaps.context(heap, 0), nextSegment, 12);
            nextSegment += SMALL_SEGMENT;
            pages += HEAD_PAGES;
        }
        return segment.take(count, what);
    }

    private static void finish(HeapSegment full) {
        if (full != null) {
            full.finish();
        }
    }

    private long mapped(int count, int what) {
        long at = range(count, what);
        space.map(at, count, Access.DATA);
        pages += count;
        if (pages > limit) {
            throw new IllegalStateException("the heap's " + pages + " pages are more than the pool's limit of " + limit);
        }
        runs.add(new long[] {at, count});
        return at;
    }

    @Override
    public long allocate(TagAccount account, int dataBytes, boolean quota) {
        int units = dataBytes + 2 * UNIT - 1 >> 4;
        long block = units <= EQUAL_UNITS && ++asked[units] > OFTEN ? equalBlock(units) : chunk(units);
        space.put32(block, heaps.dice().below(0x100) | units << 16
                | (kind == PoolKind.PAGED ? PAGED_IN_USE : NONPAGED_IN_USE) + (quota ? CHARGED : 0) << 24);
        space.put32(block + 4, account.headerTag());
        space.put64(block + 8, 0);
        account.charge(kind, (long) units * UNIT);
        account.countBlock(kind, units, 1);
        return block;
    }

    private long chunk(int units) {
        long block = chunks.allocate(units);
        if (block == 0) {
            chunks.add(mapped(CHUNK_PAGES, HeapSegment.CHUNKS), CHUNK_PAGES * PAGE);
            block = chunks.allocate(units);
        }
        return block;
    }

    private long equalBlock(int units) {
        List<Long> free = spare.get(units);
        if (free.isEmpty()) {
            int count = Math.min(CHUNK_PAGES, 2 + units / 2);
            long at = mapped(count, HeapSegment.EQUAL_BLOCKS);
            EqualBlocks made = new EqualBlocks(heaps, at, count * PAGE, units * UNIT, heap.at("LfhContext"));
            equal.put(at, made);
            made.addTo(free);
        }
        // Which of the free blocks is taken is left to chance, as in the kernel.
        int last = free.size() - 1;
        int drawn = last - heaps.dice().below(Math.min(free.size(), 0x40));
        long block = free.get(drawn);
        free.set(drawn, free.get(last));
        free.removeLast();
        equal.floorEntry(block).getValue().setBusy(block, true);
        return block;
    }

    @Override
    public void free(TagAccount account, long header) {
        int units = space.u8(header + 2);
        account.release(kind, (long) units * UNIT);
        account.countBlock(kind, units, -1);
        Map.Entry<Long, EqualBlocks> owner = equal.floorEntry(header);
        if (owner != null && owner.getValue().contains(header)) {
            owner.getValue().setBusy(header, false);
            spare.get(units).add(header);
        } else {
            chunks.free(header);
        }
    }

    @Override
    public long allocateBig(TagAccount account, int count) {
        account.charge(kind, (long) count * PAGE);
        return mapped(count, HeapSegment.BLOCK);
    }

    /**
     * Nothing a machine does after its start gives whole pages back.
     *
     * @throws IllegalStateException always
     */
    @Override
    public void freeBig(TagAccount account, long first, int count) {
        throw new IllegalStateException("whole pages of a segment heap are kept");
    }

    @Override
    public void past(long count) {
        // heaps do not count what came and went
    }

    /** Writes what only the end of the making decides. */
    void finish() {
        finish(segment);
        finish(largeSegment);
    }

    /** Tells every page blocks are on. */
    void forEachPage(LongConsumer visitor) {
        for (long[] run : runs) {
            for (int i = 0; i < run[1]; i++) {
                visitor.accept(run[0] + (long) i * PAGE);
            }
        }
    }
}
