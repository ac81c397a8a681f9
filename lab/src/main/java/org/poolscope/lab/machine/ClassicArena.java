package org.poolscope.lab.machine;

import org.poolscope.lab.image.KernelSpace;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.StructLayout;

/**
 * One pool descriptor and the pages it manages: allocates and frees as the kernels before the segment heap do, with the free
 * lists in the image itself.
 *
 * <p>A request takes the first free block that is large enough. A block that begins a page is cut at its front, any other at its
 * end; what is left over goes to the list of its size. A freed block joins its free neighbours; a page that is free as a whole
 * goes back. So the order of blocks and the holes between them come out as in a real pool.
 */
final class ClassicArena implements PoolArena {

    private final KernelSpace space;
    private final BlockFormat format;
    private final PoolRegion region;
    private final PoolKind kind;
    private final int index;
    private final long descriptor;
    private final long listHeads;
    private final int pointer;
    private final int[] depth;
    private final int[] freeBySize;
    private final long[] filled;
    private int smallPages;
    private int bigPages;
    private long allocs;
    private long frees;
    private long bytes;

    ClassicArena(KernelSpace space, BlockFormat format, PoolRegion region, PoolKind kind, int index, long descriptor,
            StructLayout layout) {
        this.space = space;
        this.format = format;
        this.region = region;
        this.kind = kind;
        this.index = index;
        this.descriptor = descriptor;
        this.listHeads = descriptor + layout.offset("ListHeads");
        this.pointer = space.pointerSize();
        this.depth = new int[format.pageUnits() + 1];
        this.freeBySize = new int[format.pageUnits() + 1];
        this.filled = new long[(format.pageUnits() >> 6) + 1];
        for (int units = 1; units <= format.pageUnits(); units++) {
            space.initList(listHead(units));
        }
    }

    @Override
    public PoolKind kind() {
        return kind;
    }

    /** Where the descriptor stands. */
    long descriptor() {
        return descriptor;
    }

    @Override
    public int pages() {
        return smallPages + bigPages;
    }

    /** How many free blocks of a size there are, those too small for a list among them. */
    int freeBlocks(int units) {
        return freeBySize[units];
    }

    @Override
    public long allocate(TagAccount account, int dataBytes, boolean quota) {
        int units = format.units(dataBytes);
        int size = nextFilled(units);
        long block;
        int previous;
        if (size > 0) {
            block = pop(size);
            previous = format.previous(block);
        } else {
            block = region.take(1);
            previous = 0;
            size = format.pageUnits();
            smallPages++;
        }
        int rest = size - units;
        if (rest > 0) {
            if (previous == 0) {
                makeFree(block + format.bytes(units), units, rest);
            } else {
                makeFree(block, previous, rest);
                block += format.bytes(rest);
                previous = rest;
                linkNext(block, units);
            }
        }
        format.write(block, previous, index, units, format.allocatedType(kind, quota), account.headerTag());
        account.charge(kind, format.bytes(units));
        account.countBlock(kind, units, 1);
        allocs++;
        bytes += format.bytes(units);
        return block;
    }

    @Override
    public void free(TagAccount account, long header) {
        long block = header;
        int units = format.units(block);
        account.release(kind, format.bytes(units));
        account.countBlock(kind, units, -1);
        frees++;
        bytes -= format.bytes(units);
        int tag = space.u32(block + 4);
        int previous = format.previous(block);
        long next = block + format.bytes(units);
        if ((next & 0xfff) != 0 && format.type(next) == 0) {
            int more = format.units(next);
            unlink(next, more);
            units += more;
        }
        if (previous != 0 && format.type(block - format.bytes(previous)) == 0) {
            block -= format.bytes(previous);
            unlink(block, previous);
            units += previous;
            previous = format.previous(block);
        }
        if (units == format.pageUnits()) {
            region.giveBack(block, 1);
            smallPages--;
            return;
        }
        makeFree(block, previous, units);
        space.put32(block + 4, tag);
    }

    @Override
    public long allocateBig(TagAccount account, int count) {
        long first = region.take(count);
        account.charge(kind, (long) count << 12);
        bigPages += count;
        allocs++;
        bytes += (long) count << 12;
        return first;
    }

    @Override
    public void freeBig(TagAccount account, long first, int count) {
        region.giveBack(first, count);
        account.release(kind, (long) count << 12);
        bigPages -= count;
        frees++;
        bytes -= (long) count << 12;
    }

    @Override
    public void past(long count) {
        allocs += count;
        frees += count;
    }

    /** Writes the counters into the descriptor, and the pool's type: a {@code POOL_TYPE}. */
    void writeDescriptor(StructLayout layout, int type, long lock) {
        put32(layout, "PoolType", type);
        put32(layout, "PoolIndex", index);
        put32(layout, "RunningAllocs", (int) allocs);
        put32(layout, "RunningDeAllocs", (int) frees);
        put32(layout, "TotalPages", smallPages);
        put32(layout, "TotalBigPages", bigPages);
        put32(layout, "Threshold", 8);
        // Windows 10 counts what was taken and what was given back.
        put64(layout, "PagesAllocated", smallPages + frees / 90);
        put64(layout, "PagesDeallocated", frees / 90);
        put64(layout, "BigPagesAllocated", bigPages);
        put64(layout, "BytesAllocated", bytes + frees * 80);
        put64(layout, "BytesDeallocated", frees * 80);
        if (layout.has("LockAddress")) {
            space.putPointer(descriptor + layout.offset("LockAddress"), lock);
        }
        if (layout.has("TotalBytes")) {
            space.putPointer(descriptor + layout.offset("TotalBytes"), bytes);
        }
    }

    private void put64(StructLayout layout, String field, long value) {
        if (layout.has(field)) {
            space.put64(descriptor + layout.offset(field), value);
        }
    }

    /** Later descriptors count bytes where earlier ones count pages. */
    private void put32(StructLayout layout, String field, int value) {
        if (layout.has(field)) {
            space.put32(descriptor + layout.offset(field), value);
        }
    }

    private void linkNext(long block, int units) {
        long next = block + format.bytes(units);
        if ((next & 0xfff) != 0) {
            format.setPrevious(next, units);
        }
    }

    private void makeFree(long block, int previous, int units) {
        format.write(block, previous, index, units, 0, 0x65657246);
        linkNext(block, units);
        freeBySize[units]++;
        // A block of one unit has no room for the links: it waits for a neighbour to be freed.
        if (units > 1) {
            space.insertTail(listHead(units), block + format.headerSize());
            depth[units]++;
            filled[units >> 6] |= 1L << (units & 63);
        }
    }

    private long pop(int units) {
        long entry = space.pointer(listHead(units));
        freeBySize[units]--;
        removed(entry, units);
        return entry - format.headerSize();
    }

    private void unlink(long block, int units) {
        freeBySize[units]--;
        if (units > 1) {
            removed(block + format.headerSize(), units);
        }
    }

    private void removed(long entry, int units) {
        space.removeEntry(entry);
        if (--depth[units] == 0) {
            filled[units >> 6] &= ~(1L << (units & 63));
        }
    }

    /**
     * A list holds the free blocks of one size; the first list those of one unit (seen in the images of a running NT 5.2 kernel).
     */
    private long listHead(int units) {
        return listHeads + (long) (units - 1) * 2 * pointer;
    }

    private int nextFilled(int units) {
        int word = units >> 6;
        long bits = filled[word] & -1L << (units & 63);
        while (bits == 0) {
            if (++word == filled.length) {
                return 0;
            }
            bits = filled[word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(bits);
    }
}
