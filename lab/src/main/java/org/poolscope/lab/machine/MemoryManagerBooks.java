package org.poolscope.lab.machine;

import java.util.BitSet;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.lab.image.MachineMemory;
import org.poolscope.lab.image.MemoryRun;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.TypeLayouts;

/** Writes the memory manager's global counters: what {@code !vm} prints. */
final class MemoryManagerBooks {

    private static final int PAGE = 4096;
    private static final int MAP_HEADER = 16;

    private final Machine machine;
    private final KernelSpace space;
    private final KernelVariables variables;
    private final TypeLayouts layouts;

    MemoryManagerBooks(Machine machine, TypeLayouts layouts) {
        this.machine = machine;
        this.space = machine.space();
        this.variables = machine.variables();
        this.layouts = layouts;
    }

    void write(MemoryFigures figures) {
        MachineSpec spec = machine.spec();
        VirtualPlan plan = machine.plan();
        MachineMemory memory = space.memory();
        size("MmNumberOfPhysicalPages", memory.totalPages());
        size("MmLowestPhysicalPage", memory.runs().getFirst().firstFrame());
        size("MmHighestPhysicalPage", memory.runs().getLast().end() - 1);
        physicalMemoryBlock(memory);
        size("MmPfnDatabase", plan.pfnDatabase());
        size("MmMaximumNonPagedPoolInBytes", (long) spec.nonPagedLimitPages() * PAGE);
        size("MmMaximumNonPagedPoolInPages", spec.nonPagedLimitPages());
        size("MmSizeOfNonPagedPoolInBytes", (long) spec.nonPagedInitialPages() * PAGE);
        size("MmNonPagedPoolStart", plan.nonPagedStart());
        boolean expansion = plan.nonPagedExpansionEnd() != plan.nonPagedStart();
        size("MmNonPagedPoolEnd", expansion ? plan.nonPagedExpansionEnd() : plan.nonPagedStart()
                + (long) spec.nonPagedLimitPages() * PAGE);
        if (expansion) {
            // System page table entries lie in front of the expansion: drivers and kernel stacks.
            int pages = spec.nonPagedLimitPages() - spec.nonPagedInitialPages();
            long expansionStart = plan.nonPagedExpansionEnd() - (long) pages * PAGE;
            size("MmNonPagedPoolExpansionStart", expansionStart);
            size("MmNonPagedSystemStart", plan.systemPtes());
            size("MmSystemPtesStart", tableEntry(plan, plan.systemPtes()));
            size("MmSystemPtesEnd", tableEntry(plan, expansionStart));
        }
        size("MmAllocatedNonPagedPool", machine.poolPages(PoolKind.NONPAGED));
        size("MmSizeOfPagedPoolInBytes", (long) machine.pagedLimitPages() * PAGE);
        size("MmPagedPoolStart", plan.pagedStart());
        size("MmPagedPoolEnd", plan.pagedStart() + (long) machine.pagedLimitPages() * PAGE - 1);
        size("MmPagedPoolCommit", machine.poolPages(PoolKind.PAGED));
        size("MmAvailablePages", figures.available());
        size("MmResidentAvailablePages", figures.residentAvailable());
        size("MmTotalCommittedPages", figures.committed());
        size("MmTotalCommitLimit", figures.commitLimit());
        size("MmTotalCommitLimitMaximum", figures.commitLimit() * 2);
        size("MmPeakCommitment", figures.peakCommit());
        size("MmSharedCommit", figures.sharedCommit());
        size("MmDriverCommit", figures.driverCommit());
        size("MmProcessCommit", figures.processCommit());
        size("MmExtendedCommit", 0);
        pageList("MmZeroedPageListHead", 0, figures.available() / 4);
        pageList("MmFreePageListHead", 1, figures.available() / 16);
        pageList("MmStandbyPageListHead", 2, figures.available() - figures.available() / 4 - figures.available() / 16);
        pageList("MmModifiedPageListHead", 3, figures.modified());
        pageList("MmModifiedNoWritePageListHead", 4, 0);
        space.put32(variables.at("MmNumberOfPagingFiles"), 1);
        size("MmHighestUserAddress", space.pointerSize() == 4 ? 0x7ffe_ffffL : 0x7ff_fffe_ffffL);
        size("MmUserProbeAddress", space.pointerSize() == 4 ? 0x7fff_0000L : 0x7ff_ffff_0000L);
        size("MmSystemRangeStart", plan.systemRangeStart());
        pagedPoolInfo(plan);
    }

    /** Later kernels that still have such variables have not all of them. */
    private void size(String variable, long value) {
        if (machine.spec().version().isModern() && !variables.has(variable)) {
            return;
        }
        space.putPointer(variables.at(variable), value);
    }

    /**
     * An MMPFNLIST: how many pages, which list, and its two ends (no page of the database is in the image, so they are empty).
     */
    private void pageList(String variable, int list, long total) {
        int pointer = space.pointerSize();
        long head = variables.at(variable, 4 * pointer);
        space.putPointer(head, total);
        space.put32(head + pointer, list);
        space.putPointer(head + 2L * pointer, -1);
        space.putPointer(head + 3L * pointer, -1);
    }

    /**
     * A PHYSICAL_MEMORY_DESCRIPTOR: number of runs, number of pages, and the runs; all fields as wide as a pointer but the first.
     */
    private void physicalMemoryBlock(MachineMemory memory) {
        int pointer = space.pointerSize();
        long block = machine.kernel().variable((2 + 2 * memory.runs().size()) * pointer);
        space.put32(block, memory.runs().size());
        space.putPointer(block + pointer, memory.totalPages());
        long at = block + 2L * pointer;
        for (MemoryRun run : memory.runs()) {
            space.putPointer(at, run.firstFrame());
            space.putPointer(at + pointer, run.frames());
            at += 2L * pointer;
        }
        size("MmPhysicalMemoryBlock", block);
    }

    /** Where the page table entry of an address appears in virtual memory. */
    private long tableEntry(VirtualPlan plan, long address) {
        int entry = space.pointerSize() == 8 || machine.spec().pae() ? 8 : 4;
        long virtualPage = (space.pointerSize() == 8 ? address & 0xffff_ffff_ffffL : address) >>> 12;
        return plan.pageTables() + virtualPage * entry;
    }

    private void pagedPoolInfo(VirtualPlan plan) {
        Struct info = new Struct(space, layouts.get("_MM_PAGED_POOL_INFO"), variables.at("MmPagedPoolInfo", 0x80));
        PoolRegion region = machine.pools().region(PoolKind.PAGED);
        info.setIfThere("FirstPteForPagedPool", tableEntry(plan, plan.pagedStart()));
        info.setIfThere("LastPteForPagedPool", tableEntry(plan, plan.pagedStart()
                + (long) (machine.pagedLimitPages() - 1) * PAGE));
        info.setIfThere("PagedPoolHint", region.inUse());
        info.setIfThere("PagedPoolCommit", region.inUse());
        info.set("AllocatedPagedPool", region.inUse());
        if (!info.has("PagedPoolAllocationMap")) {
            return;
        }
        int bits = machine.pagedLimitPages();
        long maps = machine.pools().pagedPoolMaps();
        if (layouts.get("_MM_PAGED_POOL_INFO").find("EndOfPagedPoolBitmap").isEmpty()) {
            bitmap(info.at("PagedPoolAllocationMap"), maps, bits, region.taken());
        } else {
            long second = maps + Pools.mapBytes(bits);
            bitmap(maps, maps + MAP_HEADER, bits, region.taken());
            bitmap(second, second + MAP_HEADER, bits, region.lastOfAllocation());
            info.set("PagedPoolAllocationMap", maps);
            info.set("EndOfPagedPoolBitmap", second);
        }
    }

    /** An RTL_BITMAP and its bits. */
    private void bitmap(long address, long buffer, int bits, BitSet set) {
        Struct map = new Struct(space, layouts.get("_RTL_BITMAP"), address);
        map.set("SizeOfBitMap", bits).set("Buffer", buffer);
        long[] words = set.toLongArray();
        for (int i = 0; i < words.length; i++) {
            space.put64(buffer + 8L * i, words[i]);
        }
    }
}
