package org.poolscope.lab.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.poolscope.lab.Dice;
import org.poolscope.lab.image.Access;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.SymbolTable;

/**
 * The pools of Windows 10 1903 and later: a segment heap for nonpaged executable, nonpaged and paged pool, filled with blocks of every
 * way a heap keeps them, some given back again. Every structure stands where the kernel's symbol table says; what the numbers mean
 * is written out here from published research, so that a reader is not judged by its own knowledge.
 */
final class SegmentPools implements HeapWriting {

    private static final int PAGE = 4096;
    private static final int HEAPS = 3;
    private static final int PAGED_HEAP = 2;
    private static final long REGION_STEP = 0x4000_0000L;
    private static final int BUCKETS = 64;
    private static final int LEAKING_HEAP = 1;
    private static final int LEAKING_SUBSEGMENTS = 12;
    private static final int IRP_BYTES = 0x200;
    private static final int IRP_LOCATIONS = 3;
    private static final long METADATA_BYTES = 0x100_0000;

    private final KernelSpace space;
    private final SymbolTable symbols;
    private final Dice dice;
    private final Function<String, TagAccount> accounts;
    private final long heapKey;
    private final long lfhKey;
    private final boolean encodedTree;
    private final boolean late;
    private final List<Block> blocks = new ArrayList<>();
    private final List<Block> big = new ArrayList<>();
    private final List<ModernKernel.HeapPart> parts = new ArrayList<>();
    private final long[] lookasideHeads = new long[2 * BUCKETS];
    private final int[] lookasideDepths = new int[2 * BUCKETS];
    private final long lastMetadata;
    private long nextMetadata;
    private long firstHeld;

    /**
     * Prepares pools.
     *
     * @param metadata where what belongs to no segment may be written
     * @param late whether numbers are hidden as from build 26100 on
     */
    SegmentPools(KernelSpace space, SymbolTable symbols, Dice dice, Function<String, TagAccount> accounts, long metadata,
            boolean late) {
        this.late = late;
        this.space = space;
        this.symbols = symbols;
        this.dice = dice;
        this.accounts = accounts;
        this.heapKey = dice.nextLong();
        this.lfhKey = dice.nextLong();
        this.encodedTree = dice.oneIn(2);
        this.nextMetadata = metadata;
        this.lastMetadata = metadata + METADATA_BYTES;
    }

    /**
     * A block.
     *
     * @param address of its data
     * @param size its bytes, with the header where it has one
     * @param state allocated, free or lookaside
     * @param held whether something that is not lost refers to it
     */
    record Block(long address, long size, String tag, String state, boolean paged, boolean big, boolean held) {
    }

    /** Where the heaps' own numbers stand. */
    List<ModernKernel.HeapPart> parts() {
        return parts;
    }

    @Override
    public void part(long address, int bytes, String what, long from, long to) {
        parts.add(new ModernKernel.HeapPart(address, bytes, what, from, to));
    }

    /** What was written: blocks that share pages, and those of whole pages. */
    List<Block> blocks() {
        return blocks;
    }

    /** Allocations of whole pages. */
    List<Block> big() {
        return big;
    }

    /** Writes all heaps. */
    void write(long state, long nonPaged, long paged) {
        Struct pools = struct("_EX_POOL_HEAP_MANAGER_STATE", state);
        long globals = take(symbols.get("_RTLP_HP_HEAP_GLOBALS").size());
        struct("_RTLP_HP_HEAP_GLOBALS", globals).set("HeapKey", heapKey).set("LfhKey", lfhKey);
        struct("_RTLP_HP_HEAP_MANAGER", pools.at("HeapManager")).set("Globals", globals);
        pools.set("NumberOfPools", 1);
        part(globals, 8, "heap key", 0, 0);
        part(pools.at("NumberOfPools"), 4, "count of nodes", 0, 0);
        Struct node = struct("_EX_HEAP_POOL_NODE", pools.at("PoolNode"));
        for (int i = 0; i < HEAPS; i++) {
            long region = (i == PAGED_HEAP ? paged : nonPaged) + REGION_STEP + i * REGION_STEP;
            long heap = heap(i, region);
            node.set("Heaps", i, heap);
        }
        lookasides(node);
        hold();
    }

    @Override
    public KernelSpace space() {
        return space;
    }

    @Override
    public SymbolTable symbols() {
        return symbols;
    }

    @Override
    public Dice dice() {
        return dice;
    }

    @Override
    public boolean isLate() {
        return late;
    }

    @Override
    public long heapKey() {
        return heapKey;
    }

    @Override
    public long lfhKey() {
        return lfhKey;
    }

    private Struct struct(String type, long address) {
        StructLayout layout = symbols.get(type);
        map(address, layout.size());
        return new Struct(space, layout, address);
    }

    private void map(long address, long bytes) {
        space.mapMissing(address, bytes, Access.DATA);
    }

    /** Memory that belongs to no segment. */
    private long take(int bytes) {
        long at = nextMetadata;
        if (at + bytes > lastMetadata) {
            throw new IllegalStateException("no room for what belongs to the heaps");
        }
        map(at, bytes);
        nextMetadata += bytes + 63 & -64;
        return at;
    }

    private long takePage() {
        nextMetadata = nextMetadata + PAGE - 1 & -PAGE;
        return take(PAGE);
    }

    private long heap(int number, long region) {
        boolean inPaged = number == PAGED_HEAP;
        Struct heap = struct("_SEGMENT_HEAP", takePage());
        heap.set("Signature", 0xddee_ddeeL);
        Struct[] contexts = new Struct[2];
        for (int i = 0; i < 2; i++) {
            int shift = i == 0 ? 12 : 16;
            StructLayout layout = symbols.get("_HEAP_SEG_CONTEXT");
            contexts[i] = new Struct(space, layout, heap.at("SegContexts") + (long) i * layout.size());
            contexts[i].set("SegmentMask", -1L << shift + 8).set("UnitShift", shift).set("PagesPerUnitShift", shift - 12)
                    .set("FirstDescriptorIndex", i == 0 ? 2 : 1).set("Heap", heap.address())
                    .set("LfhContext", heap.at("LfhContext")).set("VsContext", heap.at("VsContext"));
            space.initList(contexts[i].at("SegmentListHead"));
            part(contexts[i].at("SegmentListHead"), 16, "list of segments", 0, 0);
            part(contexts[i].at("SegmentMask"), 8, "segment mask", 0, 0);
            part(contexts[i].at("UnitShift"), 1, "unit shift", 0, 0);
            part(contexts[i].at("SegmentCount"), 8, "count of segments", 0, 0);
        }
        part(heap.at("Signature"), 4, "signature of a heap", 0, 0);
        Struct chunks = struct("_HEAP_VS_CONTEXT", heap.at("VsContext"));
        space.initList(chunks.at("SubsegmentList"));
        PoolKind pool = inPaged ? PoolKind.PAGED : PoolKind.NONPAGED;
        Content content = new Content(this, number, pool);
        HeapSegment small = new HeapSegment(this, contexts[0], region, 12);
        HeapSegment second = new HeapSegment(this, contexts[0], region + 0x30_0000L, 12);
        HeapSegment wide = new HeapSegment(this, contexts[1], region + 0x1000_0000L, 16);
        ChunkWriter writer = new ChunkWriter(this, chunks, content);
        for (HeapSegment segment : List.of(small, second)) {
            for (int i = 0; i < 3; i++) {
                writer.write(segment.take(dice.between(6, 20), HeapSegment.CHUNKS), segment.lastBytes());
                equalBlocks(segment, heap, content, 16 * dice.between(2, 31), dice.between(2, 9));
                equalBlocks(segment, heap, content, 64 * dice.between(8, 30), dice.between(4, 12));
                ownPages(segment, content, dice.between(1, 5), dice.between(0, 900));
                segment.leaveFree(dice.between(1, 6));
            }
            segment.finish();
        }
        if (number == LEAKING_HEAP) {
            leak(new HeapSegment(this, contexts[0], region + 0x80_0000L, 12), heap, content);
        }
        writer.write(wide.take(1, HeapSegment.CHUNKS), wide.lastBytes());
        ownPages(wide, content, 3, dice.between(0, 60_000));
        wide.finish();
        content.delayed(chunks);
        large(heap, content, region + 0x2000_0000L);
        return heap.address();
    }

    private void equalBlocks(HeapSegment segment, Struct heap, Content content, int size, int pages) {
        long at = segment.take(pages, HeapSegment.EQUAL_BLOCKS);
        new EqualBlocksWriter(this, content).write(at, segment.lastBytes(), size, heap.at("LfhContext"));
    }

    /** Blocks of one driver that nothing refers to, and requests, of which those given back still look like requests. */
    private void leak(HeapSegment segment, Struct heap, Content content) {
        for (int i = 0; i < LEAKING_SUBSEGMENTS; i++) {
            content.only("Leak", false);
            equalBlocks(segment, heap, content, 0x150, 16);
        }
        content.only("Irp ", false);
        equalBlocks(segment, heap, content, IRP_BYTES, 8);
        content.all();
        segment.finish();
    }

    /** An allocation with units of its own, which needs not all of the last. */
    private void ownPages(HeapSegment segment, Content content, int units, int unused) {
        long at = segment.take(units, HeapSegment.BLOCK);
        long bytes = segment.lastBytes() - unused & -16;
        map(at, bytes);
        content.big(at, bytes);
    }

    private void large(Struct heap, Content content, long region) {
        StructLayout layout = symbols.get("_HEAP_LARGE_ALLOC_DATA");
        long[] nodes = new long[3];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = take(layout.size());
            long at = region + i * 0x100_0000L;
            int pages = dice.between(0x21, 0x41);
            int unused = dice.below(PAGE) & -16;
            map(at, (long) pages * PAGE);
            new Struct(space, layout, nodes[i]).set("VirtualAddress", at | unused).set("AllocatedPages", pages);
            content.big(at, (long) pages * PAGE - unused);
        }
        Struct tree = struct("_RTL_RB_TREE", heap.at("LargeAllocMetadata"));
        link(tree.at("Root"), tree.address(), nodes[1]);
        int left = symbols.get("_RTL_BALANCED_NODE").offset("Left");
        int right = symbols.get("_RTL_BALANCED_NODE").offset("Right");
        link(nodes[1] + left, nodes[1], nodes[0]);
        link(nodes[1] + right, nodes[1], nodes[2]);
        if (encodedTree) {
            tree.set("Encoded", 1);
        }
    }

    private void link(long at, long owner, long to) {
        space.put64(at, encodedTree ? owner ^ to : to);
    }

    /** Puts a block on a lookaside list of its pool. */
    private void park(Block block) {
        int list = (block.paged() ? BUCKETS : 0) + (int) (block.size() >> 4) % BUCKETS;
        space.put64(block.address(), lookasideHeads[list]);
        lookasideHeads[list] = block.address();
        lookasideDepths[list]++;
    }

    private void lookasides(Struct node) {
        StructLayout list = symbols.get("_RTL_DYNAMIC_LOOKASIDE");
        StructLayout bucket = symbols.get("_RTL_LOOKASIDE");
        for (int i = 0; i < 2; i++) {
            Struct one = new Struct(space, list, node.at("Lookasides") + (long) i * list.size());
            one.set("BucketCount", BUCKETS).set("EnabledBucketBitmap", -1L);
            for (int j = 0; j < BUCKETS; j++) {
                Struct slot = new Struct(space, bucket, one.at("Buckets") + (long) j * bucket.size());
                head(slot.at("ListHead"), lookasideHeads[i * BUCKETS + j], lookasideDepths[i * BUCKETS + j]);
                slot.set("Depth", 8).set("MaximumDepth", 256);
            }
        }
    }

    /** The head of an interlocked list: depth and a running number, then the first entry without its four low bits. */
    private void head(long at, long first, int depth) {
        new Struct(space, symbols.get("_SLIST_HEADER"), at).set("HeaderX64.Depth", depth).set("HeaderX64.Sequence", dice.below(1000))
                .set("HeaderX64.NextEntry", first >>> 4);
    }

    /** Makes chains of the blocks that are held: each leads to the next, in its data. */
    private void hold() {
        long before = 0;
        List<Block> all = new ArrayList<>(blocks);
        all.addAll(big);
        for (Block block : all) {
            if (block.held()) {
                space.put64(block.address(), before);
                before = block.address();
            }
        }
        firstHeld = before;
    }

    /** The block from which all that are held can be reached. */
    long firstHeld() {
        return firstHeld;
    }

    /** What goes into one heap: tags, headers and data of blocks, noted as they are written. */
    static final class Content {

        private final SegmentPools pools;
        private final String[] tags;
        private String only;
        private boolean onlyHeld;
        private final PoolKind kind;
        private long delayed;
        private int delayedCount;

        Content(SegmentPools pools, int number, PoolKind kind) {
            this.pools = pools;
            this.kind = kind;
            this.tags = new String[] {"Sg" + number + "a", "Sg" + number + "b", "Seg" + number, "Sg" + number + "c"};
        }

        /** From now on all blocks have one tag. */
        void only(String tag, boolean held) {
            only = tag;
            onlyHeld = held;
        }

        /** From now on blocks have any tag. */
        void all() {
            only = null;
        }

        private String tag() {
            return only != null ? only : tags[pools.dice.below(tags.length)];
        }

        /** A header and data; returns nothing that a reader could not find. */
        void block(long at, int units) {
            String tag = tag();
            boolean held = only == null ? pools.dice.oneIn(2) : onlyHeld;
            header(at, units, tag);
            fill(at + 16, units * 16 - 16, tag);
            pools.part(at, 4, "header of a block", at, at + units * 16L);
            boolean parked = only == null && units >= 0x20 && units < 0xf8 && pools.dice.oneIn(6);
            Block block = new Block(at + 16, units * 16L, tag, parked ? "lookaside" : "allocated", kind == PoolKind.PAGED, false,
                    held && !parked);
            pools.blocks.add(block);
            TagAccount account = pools.accounts.apply(tag);
            account.charge(kind, units * 16L);
            if (parked) {
                account.release(kind, units * 16L);
                pools.park(block);
            }
        }

        /** What is left of a block, with nobody's header in front. */
        void freed(long at, int bytes, boolean header) {
            if (header) {
                String tag = tag();
                header(at, bytes / 16, tag);
                fill(at + 16, bytes - 16, tag);
            }
            pools.blocks.add(new Block(at + 16, bytes, "", "free", kind == PoolKind.PAGED, false, false));
        }

        /** A chunk its heap frees later: the list is where the block's header was. */
        void delay(long at, int units) {
            header(at, units, tag());
            pools.space.put64(at, delayed);
            delayed = at;
            delayedCount++;
            pools.blocks.add(new Block(at + 16, units * 16L, "", "free", kind == PoolKind.PAGED, false, false));
        }

        void delayed(Struct context) {
            StructLayout list = pools.symbols.get("_HEAP_VS_DELAY_FREE_CONTEXT");
            pools.head(context.at("DelayFreeContext") + list.offset("ListHead"), delayed, delayedCount);
        }

        void big(long at, long bytes) {
            String tag = tag();
            fill(at, (int) Math.min(bytes, PAGE), tag);
            pools.big.add(new Block(at, bytes, tag, "allocated", kind == PoolKind.PAGED, true, pools.dice.oneIn(2)));
            pools.accounts.apply(tag).charge(kind, bytes);
        }

        private void header(long at, int units, String tag) {
            pools.space.put32(at, pools.dice.below(256) | units << 16 | (kind == PoolKind.PAGED ? 3 : 2) << 24);
            pools.space.put32(at + 4, pools.accounts.apply(tag).headerTag());
            pools.space.put64(at + 8, 0);
        }

        /** Small numbers, which no pointer is; or a request with nobody behind it. */
        private void fill(long at, int bytes, String tag) {
            if (tag.equals("Irp ")) {
                StructLayout irp = pools.symbols.get("_IRP");
                new Struct(pools.space, irp, at).set("Type", 6)
                        .set("Size", irp.size() + IRP_LOCATIONS * pools.symbols.get("_IO_STACK_LOCATION").size())
                        .set("StackCount", IRP_LOCATIONS).set("CurrentLocation", pools.dice.between(1, IRP_LOCATIONS));
                return;
            }
            for (int i = 0; i + 8 <= bytes; i += 8) {
                pools.space.put64(at + i, pools.dice.nextInt() & 0xffff);
            }
        }
    }
}
