package org.poolscope.pool;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.poolscope.kernel.Answer;
import org.poolscope.kernel.FreeLists;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.PagedPoolMap;
import org.poolscope.kernel.PoolDescriptor;
import org.poolscope.kernel.PoolRegions;
import org.poolscope.memory.Absence;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.RegionVisitor;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/** Counts what is free in the pools of one image: blocks on their pages, pages in their address space, entries on their lists. */
final class FreeSpaceSurvey {

    private static final int MOST_PINS = 5;
    private static final int KINDS = PoolKind.values().length;

    private final KernelImage image;
    private final PoolBlocks blocks;
    private final PagedMemory memory;
    private final HeaderFormat format;
    private final long[] used = new long[KINDS];
    private final long[] parked = new long[KINDS];
    private final long[] pages = new long[KINDS];
    private final long[] sparse = new long[KINDS];
    private final long[][] freeByUnits;
    private final TagCounts[] pins = new TagCounts[KINDS];

    FreeSpaceSurvey(KernelImage image, PoolBlocks blocks) {
        this.image = image;
        this.blocks = blocks;
        this.memory = blocks.memory();
        this.format = blocks.format();
        this.freeByUnits = new long[KINDS][format.pageUnits() + 1];
        for (int i = 0; i < KINDS; i++) {
            pins[i] = new TagCounts(2);
        }
    }

    List<Fragmentation> pools() {
        for (PageGroup group : blocks.groups()) {
            for (int page = 0; page < group.pages(); page++) {
                if (!PageParser.isSession(group.flags[page])) {
                    count(group, page);
                }
            }
        }
        BigBlocks big = blocks.big();
        for (int i = 0; i < big.count(); i++) {
            if (!image.poolRegions().isSession(big.address(i))) {
                int kind = big.pool(i).ordinal();
                used[kind] += big.size(i);
                pages[kind] += big.end(i) - big.address(i) + Words.PAGE_MASK >>> Words.PAGE_SHIFT;
            }
        }
        Optional<MemoryCounters> counters = image.counters().value();
        List<Fragmentation> found = new ArrayList<>();
        for (PoolKind pool : PoolKind.values()) {
            found.add(pool(pool, counters));
        }
        return List.copyOf(found);
    }

    private void count(PageGroup group, int page) {
        byte flags = group.flags[page];
        int kind = (PageParser.isPaged(flags) ? PoolKind.PAGED : PoolKind.NONPAGED).ordinal();
        pages[kind]++;
        if (PageParser.isSpecial(flags)) {
            used[kind] += Words.PAGE;
            return;
        }
        int freeUnits = 0;
        for (int block = group.first[page]; block < group.first[page + 1]; block++) {
            int units = group.end(page, block, format.pageUnits()) - group.unit(block);
            long bytes = (long) units << format.unitShift();
            switch (BlockState.of(group.state(block))) {
                case FREE -> {
                    freeByUnits[kind][units]++;
                    freeUnits += units;
                }
                case LOOKASIDE -> parked[kind] += bytes;
                case ALLOCATED -> used[kind] += bytes;
                case DAMAGED, HEAP -> {
                }
            }
        }
        if (2 * freeUnits >= format.pageUnits()) {
            sparse[kind]++;
            pin(group, page, pins[kind]);
        }
    }

    private void pin(PageGroup group, int page, TagCounts counts) {
        for (int block = group.first[page]; block < group.first[page + 1]; block++) {
            if (group.state(block) == BlockState.ALLOCATED.ordinal()) {
                int key = group.tag[block] & Integer.MAX_VALUE;
                int slot = counts.slot(key);
                boolean again = false;
                for (int before = group.first[page]; before < block && !again; before++) {
                    again = (group.tag[before] & Integer.MAX_VALUE) == key && group.state(before) == BlockState.ALLOCATED.ordinal();
                }
                counts.addAt(slot, 0, again ? 0 : 1);
                counts.addAt(slot, 1, (long) (group.end(page, block, format.pageUnits()) - group.unit(block)) << format.unitShift());
            }
        }
    }

    private Fragmentation pool(PoolKind pool, Optional<MemoryCounters> counters) {
        int kind = pool.ordinal();
        Long limit = counters.map(totals -> totals.maximumBytes(pool)).orElse(null);
        long held = counters.map(totals -> totals.usedBytes(pool)).orElse(pages[kind] << Words.PAGE_SHIFT);
        List<Fragmentation.Pin> pinning = new ArrayList<>();
        pins[kind].forEach((key, values) -> pinning.add(new Fragmentation.Pin(new PoolTag(key), values[0], values[1])));
        pinning.sort(Comparator.comparingLong(Fragmentation.Pin::pages).reversed().thenComparing(Fragmentation.Pin::tag));
        Lists lists = new Lists(pool);
        Answer<Runs> runs = pool == PoolKind.PAGED ? image.pagedPoolMap().then(this::paged) : image.nonPagedSpans().then(this::nonPaged);
        return new Fragmentation(pool, limit, held, pages[kind] << Words.PAGE_SHIFT, used[kind], parked[kind], free(freeByUnits[kind]),
                runs.value().map(Runs::runs), runs.value().map(Runs::caveat).orElse(runs.reason()), lists.found(), lists.listed,
                pinning.subList(0, Math.min(MOST_PINS, pinning.size())), sparse[kind]);
    }

    private FreeBlocks free(long[] byUnits) {
        TreeMap<Integer, Long> bySize = new TreeMap<>();
        long count = 0;
        long bytes = 0;
        for (int units = 1; units < byUnits.length; units++) {
            if (byUnits[units] > 0) {
                int size = units << format.unitShift();
                bySize.put(size, byUnits[units]);
                count += byUnits[units];
                bytes += byUnits[units] * size;
            }
        }
        return new FreeBlocks(count, bytes, bySize);
    }

    /** The lists of all descriptors of one pool. */
    private final class Lists {

        private final List<FreeLists> all = new ArrayList<>();
        private long listed;

        Lists(PoolKind pool) {
            for (PoolDescriptor descriptor : image.poolDescriptors()) {
                if (descriptor.pool() == pool) {
                    FreeLists.walk(image, descriptor, this::take).ifPresent(all::add);
                }
            }
        }

        private void take(long data) {
            long number = blocks.find(data);
            if (number != PoolBlocks.NOWHERE && blocks.state(number) == BlockState.FREE && blocks.address(number) == data) {
                listed++;
            }
        }

        Optional<FreeLists> found() {
            return all.stream().reduce(FreeLists::and);
        }
    }

    private record Runs(FreeRuns runs, String caveat) {
    }

    private Answer<Runs> paged(PagedPoolMap map) {
        return Answer.of(new Runs(new FreeRuns.Builder().add(map.allocated(), map.pages()).build(), ""));
    }

    /**
     * Nonpaged pool has no map. A page of its address space is free when nothing is mapped there, or when it is on the memory manager's list of
     * free pages, which it keeps in the pages themselves.
     */
    private Answer<Runs> nonPaged(List<PoolRegions.Region> spans) {
        FreeRuns.Builder runs = new FreeRuns.Builder();
        long unseen = 0;
        for (PoolRegions.Region span : spans) {
            long count = span.last() - span.first() + 1 >>> Words.PAGE_SHIFT;
            if (count <= 0 || count > 1 << 26) {
                return Answer.none("the bounds of nonpaged pool are not to be believed");
            }
            BitSet taken = new BitSet();
            long[] missing = new long[1];
            FreePages free = new FreePages(memory, image.layouts());
            memory.forEachRegion(span.first(), span.last(), new RegionVisitor() {
                @Override
                public void present(long va, long offset, long length) {
                    for (long i = 0; i < length; i += Words.PAGE) {
                        if (blocks.pageAt(va + i) != 0 || blocks.big().find(va + i) >= 0 || !free.isFree(va + i)) {
                            taken.set((int) (va + i - span.first() >>> Words.PAGE_SHIFT));
                        }
                    }
                }

                @Override
                public void absent(long va, long length, Absence why) {
                    if (why.isOfImage()) {
                        int first = (int) (va - span.first() >>> Words.PAGE_SHIFT);
                        int pages = (int) (length >>> Words.PAGE_SHIFT);
                        taken.set(first, first + pages);
                        missing[0] += pages;
                    }
                }
            });
            unseen += missing[0];
            runs.add(taken, (int) count);
        }
        return Answer.of(new Runs(runs.build(), unseen == 0 ? "" : unseen + " pages of its address space are not in the image and may be free"));
    }

    /** Recognises free pages of nonpaged pool: the first page of a run says how long it is, and all its pages say which is the first. */
    private static final class FreePages {

        private final PagedMemory memory;
        private final int size;
        private final List<Integer> owners = new ArrayList<>();
        private final Map<Long, Boolean> heads = new HashMap<>();

        FreePages(PagedMemory memory, TypeLayouts layouts) {
            this.memory = memory;
            Optional<StructLayout> layout = layouts.find("_MMFREE_POOL_ENTRY");
            this.size = layout.map(found -> found.offset("Size")).orElse(0);
            layout.ifPresent(found -> {
                owners.add(found.offset("Owner"));
                found.find("OwnerBehindShortSize").ifPresent(field -> owners.add(field.offset()));
            });
        }

        boolean isFree(long page) {
            for (int owner : owners) {
                long first = memory.canonical(memory.pointer(page + owner));
                if ((first & Words.PAGE_MASK) == 0 && Long.compareUnsigned(first, page) <= 0 && memory.isReadable(first, Words.PAGE)
                        && memory.canonical(memory.pointer(first + owner)) == first
                        && page - first >>> Words.PAGE_SHIFT < Integer.toUnsignedLong(memory.u32(first + size))
                        && heads.computeIfAbsent(first, this::isLinked)) {
                    return true;
                }
            }
            return false;
        }

        /** Whether the neighbours on the list of free runs point back. */
        private boolean isLinked(long first) {
            int pointer = memory.pointerSize();
            long next = memory.canonical(memory.pointer(first));
            long before = memory.canonical(memory.pointer(first + pointer));
            return memory.isReadable(next, 2L * pointer) && memory.isReadable(before, pointer)
                    && memory.canonical(memory.pointer(next + pointer)) == first && memory.canonical(memory.pointer(before)) == first;
        }
    }
}
