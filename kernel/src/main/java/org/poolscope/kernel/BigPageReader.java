package org.poolscope.kernel;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.poolscope.memory.PhysicalMemory;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/**
 * Finds and reads {@code PoolBigPageTable}.
 *
 * <p>The debugger data block does not tell where it is. With symbols it is known; without, it is looked for near {@code
 * PoolTrackTable}: a pointer to a page-aligned array of entries, and its length, a power of two. The kernel doubles the table
 * when it fills, so any length counts, and a false one is told by the content: a slot holds nothing, a page-aligned kernel
 * address with a tag and a size, or the same with bit 0 of the address set, which marks a free slot. Half of a table also looks
 * like a table; so of several lengths the largest is taken whose upper half is in use too.
 */
final class BigPageReader {

    private static final int SMALLEST = 256;
    private static final int LARGEST = 1 << 24;
    private static final int PAGE_MASK = PhysicalMemory.PAGE_SIZE - 1;

    /** An entry of more than 64 GB is none. */
    private static final long SIZE_LIMIT = 1L << 36;

    private final VirtualMemory memory;
    private final PoolRegions regions;
    private final Consumer<String> warnings;
    private final int entrySize;
    private final int va;
    private final int key;
    private final FieldLayout pages;
    private final FieldLayout bytes;
    private final FieldLayout poolType;

    private BigPageReader(VirtualMemory memory, StructLayout layout, PoolRegions regions, Consumer<String> warnings) {
        this.memory = memory;
        this.regions = regions;
        this.warnings = warnings;
        this.entrySize = layout.size();
        this.va = layout.offset("Va");
        this.key = layout.offset("Key");
        this.pages = layout.find("NumberOfPages").orElse(null);
        this.bytes = layout.find("NumberOfBytes").orElse(null);
        this.poolType = layout.find("PoolType").orElse(null);
    }

    static Answer<BigPageTable> read(VirtualMemory memory, KernelVariables variables, TypeLayouts layouts, PoolRegions regions,
            Consumer<String> warnings) {
        Optional<StructLayout> layout = layouts.find("_POOL_TRACKER_BIG_PAGES");
        if (layout.isEmpty()) {
            return Answer.none("the layout of the big page table is not known for " + layouts);
        }
        BigPageReader reader = new BigPageReader(memory, layout.get(), regions, warnings);
        if (variables.symbol("PoolBigPageTable").isPresent()) {
            OptionalLong table = variables.pointerAt(variables.symbol("PoolBigPageTable"));
            long slots = variables.numberAt(variables.symbol("PoolBigPageTableSize")).orElse(0);
            return table.isPresent() && slots > 0 && slots <= LARGEST ? reader.read(table.getAsLong(), (int) slots)
                    : Answer.none("the big page table is not in the image");
        }
        OptionalLong tracker = variables.told("PoolTrackTable");
        return tracker.isEmpty() ? Answer.none("the kernel does not say where its pool tables are")
                : reader.search(new Neighbourhood(memory, tracker.getAsLong()), variables.pointerAt(tracker).orElse(0));
    }

    private Answer<BigPageTable> search(Neighbourhood near, long tracker) {
        long[] lengths = Arrays.stream(near.between(SMALLEST, LARGEST)).filter(length -> Long.bitCount(length) == 1).toArray();
        Set<Long> looked = new HashSet<>(List.of(0L, tracker));
        long table = 0;
        int slots = 0;
        int most = 0;
        for (int i = 0; i < near.size(); i++) {
            long candidate = memory.canonical(near.value(i));
            if ((candidate & PAGE_MASK) == 0 && isKernelAddress(candidate) && looked.add(candidate)) {
                int fitting = fitting(candidate, lengths);
                int used = fitting == 0 ? 0 : slots(candidate, 0, fitting);
                if (used > most) {
                    table = candidate;
                    slots = fitting;
                    most = used;
                }
            }
        }
        return slots == 0 ? Answer.none("the big page table was not found near the tracker table") : read(table, slots);
    }

    /** The largest of some ascending lengths that fits a table, or 0. */
    private int fitting(long table, long[] lengths) {
        int fitting = 0;
        int from = 0;
        for (long length : lengths) {
            int set = slots(table, from, (int) length);
            if (set < 0) {
                break;
            }
            from = (int) length;
            fitting = set > 0 ? from : fitting;
        }
        return fitting;
    }

    /**
     * How many slots of a range have been set to something: in use, or marked free, as the kernel marks all when it makes the
     * table. -1 when the range cannot be part of a big page table. Pages that are not there prove nothing.
     */
    private int slots(long table, int from, int to) {
        int set = 0;
        int bad = 0;
        int seen = 0;
        for (int i = from; i < to; i++) {
            long entry = table + (long) i * entrySize;
            if (!memory.isReadable(entry, entrySize)) {
                continue;
            }
            seen++;
            long address = memory.canonical(memory.pointer(entry + va));
            if (isLive(entry, address) || isFree(entry, address)) {
                set += address == 0 ? 0 : 1;
            } else if (++bad > 4 + seen / 50) {
                return -1;
            }
        }
        return seen * 2 < to - from ? -1 : set;
    }

    private boolean isLive(long entry, long address) {
        return (address & PAGE_MASK) == 0 && isKernelAddress(address) && BigPageTable.looksLikeTag(memory.u32(entry + key))
                && sizeOf(entry) > 0;
    }

    /** Never used, or freed: bit 0 of the address is set. */
    private boolean isFree(long entry, long address) {
        return address == 0 && memory.u32(entry + key) == 0 || address == 1
                || (address & PAGE_MASK) == 1 && isKernelAddress(address);
    }

    private boolean isKernelAddress(long address) {
        return memory.pointerSize() == Integer.BYTES ? address >= 0x8000_0000L : address < 0;
    }

    /** The size of an entry's allocation in bytes, or 0 when it cannot be one. */
    private long sizeOf(long entry) {
        long size = bytes != null ? Values.read(memory, entry, bytes)
                : pages != null ? Values.read(memory, entry, pages) * PhysicalMemory.PAGE_SIZE : 0;
        return size < 0 || size > SIZE_LIMIT ? 0 : size;
    }

    private Answer<BigPageTable> read(long table, int slots) {
        BigPageTable.Builder entries = new BigPageTable.Builder();
        int missing = 0;
        int damaged = 0;
        for (int i = 0; i < slots; i++) {
            long entry = table + (long) i * entrySize;
            if (!memory.isReadable(entry, entrySize)) {
                missing++;
                continue;
            }
            long address = memory.canonical(memory.pointer(entry + va));
            if (address == 0 || (address & 1) != 0) {
                continue;
            }
            if ((address & PAGE_MASK) != 0 || !isKernelAddress(address) || sizeOf(entry) == 0) {
                damaged++;
                continue;
            }
            entries.add(address, memory.u32(entry + key), sizeOf(entry), pool(entry, address));
        }
        if (missing > 0) {
            warnings.accept("%d of %d slots of the big page table are not in the image; allocations may be missing"
                    .formatted(missing, slots));
        }
        if (damaged > 0) {
            warnings.accept("%d slots of the big page table are damaged".formatted(damaged));
        }
        return missing == slots ? Answer.none("the big page table is not in the image")
                : Answer.of(entries.build(table, slots, missing == 0 && damaged == 0));
    }

    /** Bit 0 of the pool type tells the pools apart in every version that records it. */
    private PoolKind pool(long entry, long address) {
        if (poolType != null) {
            return (Values.read(memory, entry, poolType) & 1) != 0 ? PoolKind.PAGED : PoolKind.NONPAGED;
        }
        return regions.poolOf(address).orElse(null);
    }
}
