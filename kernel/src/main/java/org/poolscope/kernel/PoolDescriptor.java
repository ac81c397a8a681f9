package org.poolscope.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/**
 * One pool descriptor: the kernel's own count of one pool.
 *
 * @param address where it stands
 * @param pool which pool it is of
 * @param index its number
 * @param pages pages it holds, small blocks and big allocations together
 * @param bytes bytes handed out; {@code null} for kernels that do not count them
 */
public record PoolDescriptor(long address, PoolKind pool, int index, long pages, Long bytes) {

    /** Server 2003 has at most 16 paged pools beside the first ({@code EXP_MAXIMUM_POOLS}); newer kernels at most 64 of them. */
    private static final int LIMIT = 65;

    /** {@code NonPagedPoolNx}. */
    private static final int NO_EXECUTE = 0x200;

    /** More pages than this no descriptor of a sound system holds: 16 TB. */
    private static final long PAGE_LIMIT = 1L << 32;

    /**
     * The descriptors of the paged pools: {@code ExpPagedPoolDescriptor} is an array of pointers to them, {@code
     * ExpNumberOfPagedPools} the index of the last. (Windows 2000 keeps them one behind the other behind a single pointer.)
     * Reading stops at the first that cannot be one.
     */
    static List<PoolDescriptor> paged(VirtualMemory memory, KernelVariables variables, TypeLayouts layouts) {
        Optional<StructLayout> layout = layouts.find("_POOL_DESCRIPTOR");
        OptionalLong array = variables.told("ExpPagedPoolDescriptor");
        long last = variables.wordIn("ExpNumberOfPagedPools").orElse(0);
        List<PoolDescriptor> found = new ArrayList<>();
        if (layout.isEmpty() || array.isEmpty() || last >= LIMIT) {
            return found;
        }
        OptionalLong first = variables.pointerAt(array);
        for (int i = 0; i <= last && first.isPresent(); i++) {
            OptionalLong pointer = variables.pointerAt(OptionalLong.of(array.getAsLong() + (long) i * memory.pointerSize()));
            int index = i;
            Optional<PoolDescriptor> descriptor = pointer.isPresent()
                    ? at(memory, pointer.getAsLong(), layout.get(), PoolKind.PAGED, index)
                    : Optional.empty();
            descriptor = descriptor.or(() -> at(memory, first.getAsLong() + (long) index * layout.get().size(), layout.get(),
                    PoolKind.PAGED, index));
            if (descriptor.isEmpty()) {
                return found;
            }
            found.add(descriptor.get());
        }
        return found;
    }

    /**
     * The descriptors of nonpaged pool: from Windows 8 on that of blocks which may hold code, and behind it that of all others (between {@code
     * NonPagedPoolDescriptor} and the next symbol is room for two).
     */
    static List<PoolDescriptor> nonPaged(VirtualMemory memory, KernelVariables variables, TypeLayouts layouts) {
        Optional<StructLayout> layout = layouts.find("_POOL_DESCRIPTOR");
        OptionalLong address = variables.told("NonPagedPoolDescriptor");
        List<PoolDescriptor> found = new ArrayList<>();
        if (layout.isPresent() && address.isPresent()) {
            at(memory, address.getAsLong(), layout.get(), PoolKind.NONPAGED, 0).ifPresent(found::add);
            long second = address.getAsLong() + layout.get().size();
            if (!found.isEmpty() && memory.isReadable(second, Integer.BYTES)
                    && Values.read(memory, second, layout.get().field("PoolType")) == NO_EXECUTE) {
                at(memory, second, layout.get(), PoolKind.NONPAGED, 0).ifPresent(found::add);
            }
        }
        return found;
    }

    private static Optional<PoolDescriptor> at(VirtualMemory memory, long address, StructLayout layout, PoolKind pool,
            int index) {
        FieldLayout type = layout.field("PoolType");
        FieldLayout number = layout.field("PoolIndex");
        int read = Math.min(layout.size(),
                Math.max(number.offset(), layout.has("TotalPages") ? layout.offset("TotalPages") : 0) + 0x40);
        if (!memory.isReadable(address, read)) {
            return Optional.empty();
        }
        long expected = pool == PoolKind.PAGED ? 1 : 0;
        if ((Values.read(memory, address, type) & 1) != expected || Values.read(memory, address, number) != index) {
            return Optional.empty();
        }
        long pages;
        Long bytes = null;
        if (layout.has("TotalPages")) {
            pages = counter(memory, address, layout, "TotalPages") + counter(memory, address, layout, "TotalBigPages");
            bytes = layout.has("TotalBytes") ? Long.valueOf(counter(memory, address, layout, "TotalBytes")) : null;
        } else {
            pages = counter(memory, address, layout, "PagesAllocated") - counter(memory, address, layout, "PagesDeallocated")
                    + counter(memory, address, layout, "BigPagesAllocated")
                    - counter(memory, address, layout, "BigPagesDeallocated");
            bytes = counter(memory, address, layout, "BytesAllocated") - counter(memory, address, layout, "BytesDeallocated");
        }
        return pages < 0 || pages > PAGE_LIMIT ? Optional.empty()
                : Optional.of(new PoolDescriptor(address, pool, index, pages, bytes));
    }

    private static long counter(VirtualMemory memory, long address, StructLayout layout, String field) {
        return Values.read(memory, address, layout.field(field));
    }
}
