package org.poolscope.kernel;

import java.util.OptionalLong;
import org.poolscope.memory.LittleEndian;
import org.poolscope.memory.PagedMemory;
import org.poolscope.model.LoadedModule;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/**
 * Finds {@code ExPoolState}, the root of the pools' heaps. Where no symbol tells, it is looked for in the kernel's own data: it holds
 * pointers to three heaps, which bear a signature, one behind the other.
 */
final class PoolStateFinder {

    /** The first word of {@code _SEGMENT_HEAP.Signature}. */
    static final int SIGNATURE = 0xddeeddee;

    /** Heaps every node of memory has: nonpaged executable, nonpaged, paged. */
    private static final int HEAPS = 3;
    private static final int PAGE_MASK = 0xfff;

    private final PagedMemory memory;
    private final StructLayout state;
    private final int heaps;
    private final int signature;
    private long found;

    PoolStateFinder(PagedMemory memory, TypeLayouts layouts) {
        this.memory = memory;
        this.state = layouts.get("_EX_POOL_HEAP_MANAGER_STATE");
        this.heaps = layouts.get("_EX_HEAP_POOL_NODE").offset("Heaps");
        this.signature = layouts.get("_SEGMENT_HEAP").offset("Signature");
    }

    /** Looks through a module's data. */
    OptionalLong in(LoadedModule kernel) {
        memory.forEachRegion(kernel.base(), kernel.base() + Math.max(1, kernel.size()) - 1, (va, offset, length) -> {
            for (long i = 0; i + Long.BYTES <= length && found == 0; i += Long.BYTES) {
                long word = memory.bytes().get(LittleEndian.U64, offset + i);
                if (word < 0 && (word & PAGE_MASK) == 0 && isHeap(word)) {
                    test(va + i - heaps - state.offset("PoolNode"));
                }
            }
        });
        return found == 0 ? OptionalLong.empty() : OptionalLong.of(found);
    }

    private void test(long candidate) {
        long first = candidate + state.offset("PoolNode") + heaps;
        if (!isState(candidate) || !memory.isReadable(first, HEAPS * (long) Long.BYTES)) {
            return;
        }
        for (int i = 0; i < HEAPS; i++) {
            if (!isHeap(memory.pointer(first + (long) i * Long.BYTES))) {
                return;
            }
        }
        found = candidate;
    }

    private boolean isState(long candidate) {
        long pools = candidate + state.offset("NumberOfPools");
        return memory.isReadable(pools, Integer.BYTES) && memory.u32(pools) > 0 && memory.u32(pools) <= state.field("PoolNode").count();
    }

    private boolean isHeap(long address) {
        long at = memory.canonical(address);
        return at == address && memory.isReadable(at + signature, Integer.BYTES) && memory.u32(at + signature) == SIGNATURE;
    }
}
