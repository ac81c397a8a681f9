package org.poolscope.kernel;

import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalLong;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.PagingMode;
import org.poolscope.memory.PhysicalMemory;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/**
 * Which pages of paged pool are allocated, by the memory manager's own map ({@code MM_PAGED_POOL_INFO.PagedPoolAllocationMap}):
 * a bit for each page the pool may have. Where the kernel has not made page tables yet, it holds the bits set so that nobody
 * takes those pages; they are free all the same, since it makes the tables when it needs them 
 * {@code NextPdeForPagedPoolExpansion} says from where on).
 *
 * @param first the pool's first address
 * @param pages how many pages it may have
 * @param tabled how many of them, from the first on, have page tables
 * @param allocated the pages that are allocated, by number
 */
public record PagedPoolMap(long first, int pages, int tabled, BitSet allocated) {

    /** 256 GB of pool; Windows allows half of it. */
    private static final int MOST_PAGES = 1 << 26;

    static Answer<PagedPoolMap> read(PagedMemory memory, KernelVariables variables, TypeLayouts layouts) {
        OptionalLong info = variables.told("MmPagedPoolInformation");
        OptionalLong start = variables.pointerIn("MmPagedPoolStart");
        Optional<StructLayout> layout = layouts.find("_MM_PAGED_POOL_INFO").filter(found -> found.has("PagedPoolAllocationMap"));
        Optional<StructLayout> bitmap = layouts.find("_RTL_BITMAP");
        if (info.isEmpty() || start.isEmpty() || layout.isEmpty() || bitmap.isEmpty()) {
            return Answer.none("the kernel does not say where its map of paged pool is");
        }
        FieldLayout field = layout.get().field("PagedPoolAllocationMap");
        OptionalLong map = field.type().equals("ptr") ? variables.pointerAt(OptionalLong.of(info.getAsLong() + field.offset()))
                : field.type().equals("_RTL_BITMAP") ? OptionalLong.of(info.getAsLong() + field.offset()) : OptionalLong.empty();
        if (map.isEmpty() || !memory.isReadable(map.getAsLong(), bitmap.get().size())) {
            return Answer.none("the map of paged pool is not in the image");
        }
        long bits = Values.read(memory, map.getAsLong(), bitmap.get().field("SizeOfBitMap"));
        OptionalLong buffer = variables.pointerAt(OptionalLong.of(map.getAsLong() + bitmap.get().offset("Buffer")));
        if (bits <= 0 || bits > MOST_PAGES || buffer.isEmpty()) {
            return Answer.none("what should be the map of paged pool is none");
        }
        byte[] bytes = new byte[(int) (bits + 7 >>> 3)];
        if (memory.read(buffer.getAsLong(), bytes, 0, bytes.length) < bytes.length) {
            return Answer.none("the map of paged pool is not in the image");
        }
        int pages = (int) bits;
        BitSet allocated = BitSet.valueOf(bytes);
        int tabled = tabled(memory, variables, layout.get(), info.getAsLong(), start.getAsLong(), pages);
        allocated.clear(tabled, Math.max(tabled, allocated.length()));
        return Answer.of(new PagedPoolMap(start.getAsLong(), pages, tabled, allocated));
    }

    /**
     * How many pages have page tables. Page tables appear in the address space themselves, an entry for each page in the order
     * of the pages; so from the place of the first page's entry follows the place of all, and the entry of a page table is that
     * of a page too.
     */
    private static int tabled(PagedMemory memory, KernelVariables variables, StructLayout layout, long info, long start,
            int pages) {
        if (!layout.has("NextPdeForPagedPoolExpansion")) {
            return pages;
        }
        OptionalLong firstEntry = variables.pointerAt(OptionalLong.of(info + layout.offset("FirstPteForPagedPool")));
        OptionalLong next = variables.pointerAt(OptionalLong.of(info + layout.offset("NextPdeForPagedPoolExpansion")));
        if (firstEntry.isEmpty() || next.isEmpty()) {
            return pages;
        }
        int entry = memory.directory().mode() == PagingMode.X86 ? Integer.BYTES : Long.BYTES;
        long mask = memory.pointerSize() == Integer.BYTES ? 0xffff_ffffL : 0xffff_ffff_ffffL;
        long tables = (firstEntry.getAsLong() & mask) - ((start & mask) >>> PhysicalMemory.PAGE_SHIFT) * entry;
        long at = next.getAsLong() & mask;
        for (int i = 0; i < 2; i++) {
            at = (at - tables) / entry << PhysicalMemory.PAGE_SHIFT & mask;
        }
        long count = at - (start & mask) >> PhysicalMemory.PAGE_SHIFT;
        return count > 0 && count <= pages ? (int) count : pages;
    }
}
