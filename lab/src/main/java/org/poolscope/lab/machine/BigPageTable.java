package org.poolscope.lab.machine;

import java.util.Collection;
import java.util.List;
import java.util.function.ToIntFunction;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.StructLayout;

/**
 * The table of pool allocations that take whole pages, hashed by address. A slot whose address has bit 0 set is free, used before
 * or not; the kernel sets all slots so at start.
 */
final class BigPageTable {

    private static final int PAGE = 4096;

    private final KernelSpace space;
    private final StructLayout entry;
    private final long table;
    private final int slots;
    private final ToIntFunction<PoolKind> types;

    BigPageTable(KernelSpace space, StructLayout entry, long table, int slots, ToIntFunction<PoolKind> types) {
        this.types = types;
        this.space = space;
        this.entry = entry;
        this.table = table;
        this.slots = slots;
    }

    /** Writes the table; how many slots are in use. */
    int write(Collection<BigAllocation> live, List<BigAllocation> freed) {
        if (live.size() > slots - slots / 8) {
            throw new IllegalStateException(live.size() + " big allocations do not fit a table of " + slots);
        }
        for (int i = 0; i < slots; i++) {
            entry(i).set("Va", 1);
        }
        for (BigAllocation allocation : live) {
            enter(allocation, slot(allocation.address()), 0);
        }
        int stale = 0;
        for (BigAllocation allocation : freed) {
            int slot = slot(allocation.address());
            if (stale < slots / 16 && entry(slot).get("Va") == 1) {
                enter(allocation, slot, 1);
                stale++;
            }
        }
        return live.size();
    }

    private int slot(long address) {
        long page = address >>> 12 & 0xffffffffL;
        int slot = (int) (page >>> 24 ^ page >>> 16 ^ page >>> 8 ^ page) & slots - 1;
        while ((entry(slot).get("Va") & 1) == 0) {
            slot = slot + 1 & slots - 1;
        }
        return slot;
    }

    private Struct entry(int slot) {
        return new Struct(space, entry, table + (long) slot * entry.size());
    }

    private void enter(BigAllocation allocation, int slot, int freeBit) {
        Struct e = entry(slot);
        e.set("Va", allocation.address() | freeBit);
        e.set("Key", allocation.account().headerTag() & 0x7fffffff);
        e.setIfThere("NumberOfPages", allocation.pages());
        e.setIfThere("PoolType", types.applyAsInt(allocation.kind()));
        e.setIfThere("NumberOfBytes", allocation.bytes());
    }
}
