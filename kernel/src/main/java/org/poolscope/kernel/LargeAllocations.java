package org.poolscope.kernel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.poolscope.memory.PagedMemory;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/**
 * Reads a heap's tree of allocations that are larger than a segment ({@code LargeAllocMetadata}). A tree may be encoded: its root is then
 * hidden under the tree's own address, and each child under that of its parent.
 */
final class LargeAllocations {

    private static final int MOST = 1 << 20;
    private static final int PAGE = 4096;
    /** The low bits of an address say how many bytes of the last page are not used. */
    private static final long UNUSED_BYTES = 0xffff;

    private final PagedMemory memory;
    private final FlawList flaws;
    private final StructLayout tree;
    private final StructLayout node;
    private final int links;
    private final FieldLayout pages;
    private final int treeAt;
    private final int[] children;

    LargeAllocations(PagedMemory memory, TypeLayouts layouts, FlawList flaws) {
        this.memory = memory;
        this.flaws = flaws;
        this.treeAt = layouts.get("_SEGMENT_HEAP").offset("LargeAllocMetadata");
        this.tree = layouts.get("_RTL_RB_TREE");
        this.node = layouts.get("_HEAP_LARGE_ALLOC_DATA");
        this.links = node.offset("TreeNode");
        this.pages = node.field("AllocatedPages");
        StructLayout balanced = layouts.get("_RTL_BALANCED_NODE");
        this.children = new int[] {balanced.offset("Left"), balanced.offset("Right")};
    }

    /** Adds the large allocations of a heap. */
    void read(SegmentHeaps.Heap heap, List<SegmentHeaps.Large> found) {
        long at = heap.address() + treeAt;
        if (!memory.isReadable(at, tree.size())) {
            return;
        }
        Optional<FieldLayout> encoded = tree.find("Encoded");
        boolean hidden = encoded.isPresent() && Values.read(memory, at, encoded.get()) != 0;
        long root = memory.pointer(at + tree.offset("Root"));
        Set<Long> seen = new HashSet<>();
        Deque<Long> open = new ArrayDeque<>();
        push(root, at, hidden, open, seen);
        while (!open.isEmpty()) {
            long one = open.pop();
            take(one - links, heap, found);
            for (int child : children) {
                push(memory.pointer(one + child), one, hidden, open, seen);
            }
        }
    }

    private void push(long pointer, long parent, boolean hidden, Deque<Long> open, Set<Long> seen) {
        if (pointer == 0) {
            return;
        }
        long at = memory.canonical(hidden ? pointer ^ parent : pointer);
        if (!memory.isReadable(at - links, node.size())) {
            flaws.add(parent, "the heap's tree of large allocations leads to 0x%x, which cannot be read".formatted(at));
        } else if (!seen.add(at) || seen.size() > MOST) {
            flaws.add(parent, "the heap's tree of large allocations leads to 0x%x again".formatted(at));
        } else {
            open.push(at);
        }
    }

    private void take(long at, SegmentHeaps.Heap heap, List<SegmentHeaps.Large> found) {
        long address = memory.u64(at + node.offset("VirtualAddress")) & ~UNUSED_BYTES;
        long count = Values.read(memory, at, pages);
        if (address >= 0 || memory.canonical(address) != address || count <= 0 || count > 1L << 36) {
            flaws.add(at, "a large allocation of %d pages at 0x%x cannot be".formatted(count, address));
        } else {
            found.add(new SegmentHeaps.Large(address, count * PAGE, heap.pool(), at));
        }
    }
}
