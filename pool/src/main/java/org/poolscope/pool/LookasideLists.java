package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.poolscope.memory.LittleEndian;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.RegionVisitor;
import org.poolscope.model.LoadedModule;
import org.poolscope.symbols.StructLayout;

/**
 * Finds the pool's own lookaside lists and marks the blocks parked on them. A freed small block goes to such a list first, and
 * nobody touches its header: a walk of the page takes it for allocated, the tracker table has it as freed.
 *
 * <p>No symbol is needed. The pool gives its lists the tag {@code Pool}, a block size and a pool type, and puts them all on one list;
 * such a structure is looked for in module data, in what the processor blocks point to, and in blocks tagged {@code Pool}, and
 * believed when every entry of its chain is a block of its size.
 */
final class LookasideLists {

    /** {@code 'Pool'} as a little-endian number. */
    private static final int TAG = 0x6c6f_6f50;

    /** What sizes are a multiple of. Some x64 kernels give each list its number of units in these steps, though a unit has 16 bytes. */
    private static final int SIZE_STEP = 8;

    /** How far pointers of a processor block are followed: it has 0xd00 to 0xa000 bytes in the kernels known. */
    private static final int PROCESSOR_BLOCK = 0x5000;

    private final PoolBlocks blocks;
    private final PagedMemory memory;
    private final int pointerSize;
    private final int listHead;
    private final int depth;
    private final int type;
    private final int tag;
    private final int size;
    private final int links;
    private final int length;
    private final boolean wholePointers;
    private final Set<Long> seen = new HashSet<>();
    private final Deque<Long> candidates = new ArrayDeque<>();

    /**
     * Prepares the search.
     *
     * @param layout of a list
     * @param head of the interlocked list in it
     */
    LookasideLists(PoolBlocks blocks, StructLayout layout, Optional<StructLayout> head) {
        this.blocks = blocks;
        this.wholePointers = head.isPresent() && head.get().has("HeaderX64.NextEntry") && !head.get().has("HeaderX64.HeaderType")
                && !head.get().has("Header8.NextEntry");
        this.memory = blocks.memory();
        this.pointerSize = memory.pointerSize();
        this.listHead = layout.offset("ListHead");
        this.depth = layout.offset("Depth");
        this.type = layout.offset("Type");
        this.tag = layout.offset("Tag");
        this.size = layout.offset("Size");
        this.links = layout.offset("ListEntry");
        this.length = links + 2 * pointerSize;
    }

    /** Marks what is parked. */
    void park(List<LoadedModule> modules, List<Long> processorBlocks) {
        for (LoadedModule module : modules) {
            memory.forEachRegion(module.base(), module.base() + Math.max(module.size(), 1) - 1, search());
        }
        for (long processor : processorBlocks) {
            for (int i = 0; i < PROCESSOR_BLOCK; i += pointerSize) {
                if (memory.isReadable(processor + i, pointerSize)) {
                    candidates.add(memory.canonical(memory.pointer(processor + i)));
                    candidates.add(processor + i);
                }
            }
        }
        IntStream.range(0, blocks.groups().length).parallel().boxed().flatMap(group -> inGroup(group).stream())
                .forEachOrdered(candidates::add);
        while (!candidates.isEmpty()) {
            take(candidates.poll());
        }
    }

    private RegionVisitor search() {
        int[] words = new int[Words.PAGE / Integer.BYTES];
        return (va, offset, piece) -> {
            for (long page = 0; page < piece; page += Words.PAGE) {
                search(va + page, offset + page, Words.PAGE, words, candidates);
            }
        };
    }

    /** Searches what stands at a place in the image: at most a page, which is copied to the words first. */
    private void search(long va, long offset, int length, int[] words, Collection<Long> found) {
        int count = length / Integer.BYTES;
        MemorySegment.copy(memory.bytes(), LittleEndian.U32, offset, words, 0, count);
        for (int i = 0; i < count; i++) {
            if (words[i] == TAG) {
                found.add(va + (long) i * Integer.BYTES - tag);
            }
        }
    }

    private List<Long> inGroup(int number) {
        PageGroup group = blocks.groups()[number];
        List<Long> found = new ArrayList<>();
        int[] words = new int[Words.PAGE / Integer.BYTES];
        for (TaggedBlocks block = new TaggedBlocks(blocks, number, TAG); block.next();) {
            if (block.tag() == TAG) {
                search(block.address(), block.offset(), block.dataSize(), words, found);
            }
        }
        return found;
    }

    /** Marks the blocks of one list, if it is one, and follows the list of lists from it. */
    private void take(long list) {
        if ((list & pointerSize - 1) != 0 || !memory.isReadable(list, length) || memory.u32(list + tag) != TAG || !seen.add(list)) {
            return;
        }
        int bytes = memory.u32(list + size);
        if (bytes <= 0 || bytes > Words.PAGE || bytes % SIZE_STEP != 0 || (memory.u32(list + type) & ~0x3ff) != 0
                || memory.u16(list + depth) > 0x400) {
            return;
        }
        candidates.add(memory.canonical(memory.pointer(list + links)) - links);
        candidates.add(memory.canonical(memory.pointer(list + links + pointerSize)) - links);
        long entry = first(list + listHead);
        while (entry != 0 && parkOne(entry, bytes)) {
            entry = memory.isReadable(entry, pointerSize) ? memory.canonical(memory.pointer(entry)) : 0;
        }
    }

    /** Marks a block by its data's address; whether it is one of that size, and was not marked before. */
    private boolean parkOne(long data, int bytes) {
        int at = blocks.pageAt(data);
        int unitShift = blocks.format().unitShift();
        if (at == 0 || (data & blocks.headerSize() - 1) != 0) {
            return false;
        }
        PageGroup group = blocks.groups()[(at - 1) / PoolWalk.GROUP_PAGES];
        int page = (at - 1) % PoolWalk.GROUP_PAGES;
        int unit = (int) (data & Words.PAGE_MASK) - blocks.headerSize() >> unitShift;
        if (unit < 0) {
            return false;
        }
        int block = group.blockAt(page, unit);
        int units = group.end(page, block, blocks.format().pageUnits()) - unit;
        if (group.unit(block) != unit || group.state(block) != BlockState.ALLOCATED.ordinal()
                || units << unitShift != bytes && units * SIZE_STEP != bytes) {
            return false;
        }
        group.setState(block, BlockState.LOOKASIDE);
        return true;
    }

    /**
     * The first entry of an interlocked list. On x64 the list has two forms: where the bit of the second word says so, and always from
     * Windows 8.1 on, that word holds the pointer with four flag bits; else the first word holds it shifted, from bit 25 on, without the
     * top bits, which are those of the list's own address.
     */
    private long first(long head) {
        if (pointerSize == Integer.BYTES) {
            return memory.pointer(head);
        }
        long second = memory.u64(head + 8);
        if (wholePointers || (second & 1) != 0) {
            return memory.canonical(second & ~0xfL);
        }
        long short8 = memory.u64(head) >>> 25 << 4;
        return short8 == 0 ? 0 : short8 | head & ~((1L << 43) - 1);
    }
}
