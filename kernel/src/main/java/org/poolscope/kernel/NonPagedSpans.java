package org.poolscope.kernel;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.PhysicalMemory;
import org.poolscope.model.PoolKind;

/**
 * The addresses that nonpaged pool may take. Where it is one piece, its bounds say so. 32-bit kernels before Vista have two:
 * one made at boot, and its expansion, which ends where the pool ends; the address space between belongs to others. The
 * debugger data block does not tell where one ends and the other begins, but two variables near the pool's limit do 
 * {@code MmSizeOfNonPagedPoolInBytes} and {@code MmNonPagedPoolExpansionStart}): both pieces together have the size of the
 * limit, so the right pair of words can be told.
 */
final class NonPagedSpans {

    private NonPagedSpans() {
    }

    static Answer<List<PoolRegions.Region>> read(PagedMemory memory, KernelVariables variables) {
        OptionalLong start = variables.pointerIn("MmNonPagedPoolStart");
        OptionalLong end = variables.pointerIn("MmNonPagedPoolEnd");
        OptionalLong variable = variables.told("MmMaximumNonPagedPoolInBytes");
        OptionalLong limit = variables.numberAt(variable);
        if (start.isEmpty() || end.isEmpty() || limit.isEmpty() || limit.getAsLong() <= 0) {
            return Answer.none("the kernel does not tell the bounds of nonpaged pool");
        }
        long length = end.getAsLong() - start.getAsLong();
        if (length > 0 && length <= limit.getAsLong()) {
            return Answer.of(List.of(span(start.getAsLong(), end.getAsLong())));
        }
        Neighbourhood near = new Neighbourhood(memory, variable.getAsLong());
        Set<Long> sizes = new TreeSet<>();
        for (long size : near.between(PhysicalMemory.PAGE_SIZE, limit.getAsLong() - PhysicalMemory.PAGE_SIZE)) {
            long expansion = end.getAsLong() - (limit.getAsLong() - size);
            if (size % PhysicalMemory.PAGE_SIZE == 0 && start.getAsLong() + size <= expansion
                    && near.holds(memory.pointerSize() == Integer.BYTES ? expansion & 0xffff_ffffL : expansion)) {
                sizes.add(size);
            }
        }
        if (sizes.size() != 1) {
            return Answer.none("where the expansion of nonpaged pool begins cannot be told");
        }
        long size = sizes.iterator().next();
        return Answer.of(List.of(span(start.getAsLong(), start.getAsLong() + size),
                span(end.getAsLong() - (limit.getAsLong() - size), end.getAsLong())));
    }

    private static PoolRegions.Region span(long first, long end) {
        return new PoolRegions.Region(PoolKind.NONPAGED, first, end - 1);
    }
}
