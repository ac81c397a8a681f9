package org.poolscope.lab.machine;

import org.poolscope.lab.image.KernelSpace;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/** Writes the memory manager's state as Windows 10 and later keep it: counters, and where the pools' regions lie. */
final class MemoryState {

    private static final int PAGE = 4096;
    private static final long REGION_BYTES = 1L << 39;

    /** The first build whose list of regions has one more in front. */
    private static final int ONE_MORE_SINCE = 20348;

    /** {@code AssignedRegionSession} of each kernel's {@code _MI_ASSIGNED_REGION_TYPES}. */
    private static final int SESSION_REGION = 10;
    private static final int SESSION_REGION_1809 = 12;

    private final Machine machine;
    private final KernelSpace space;
    private final KernelVariables variables;
    private final TypeLayouts layouts;

    MemoryState(Machine machine, TypeLayouts layouts) {
        this.machine = machine;
        this.space = machine.space();
        this.variables = machine.variables();
        this.layouts = layouts;
    }

    void write(MemoryFigures figures) {
        StructLayout layout = layouts.get("_MI_SYSTEM_INFORMATION");
        Struct state = new Struct(space, layout, variables.at("MiState", layout.size()));
        state.set("Hardware.InvalidPteMask", machine.spec().version().invalidMask());
        state.set("Pools.AllocatedNonPagedPool", machine.poolPages(PoolKind.NONPAGED));
        state.set("Vs.MaximumNonPagedPoolInPages", machine.spec().nonPagedLimitPages());
        state.set("Vs.PagedPoolInfo.AllocatedPagedPool", machine.poolPages(PoolKind.PAGED));
        state.set("Vs.PagedPoolInfo.MaximumSize", machine.pagedLimitPages());
        state.set("Vs.SizeOfPagedPoolInPages", machine.pagedLimitPages());
        StructLayout partitionLayout = layouts.get("_MI_PARTITION");
        Struct partition = new Struct(space, partitionLayout, variables.at("MiSystemPartition", partitionLayout.size()));
        partition.set("Vp.NumberOfPhysicalPages", space.memory().totalPages()).set("Vp.AvailablePages", figures.available());
        partition.set("Vp.TotalCommittedPages", figures.committed()).set("Vp.TotalCommitLimit", figures.commitLimit());
        partition.set("Commit.PeakCommitment", figures.peakCommit());
        int first = machine.spec().version().build() >= ONE_MORE_SINCE ? 1 : 0;
        region(state, first, machine.plan().nonPagedStart());
        region(state, first + 1, machine.plan().pagedStart());
        region(state, machine.spec().version() == WindowsVersion.WINDOWS_10_1809 ? SESSION_REGION_1809 : SESSION_REGION,
                machine.plan().session());
        space.putPointer(variables.at("MmSizeOfPagedPoolInBytes"), (long) machine.pagedLimitPages() * PAGE);
        space.putPointer(variables.at("MmPfnDatabase"), machine.plan().pfnDatabase());
        space.putPointer(variables.at("MmPteBase"), machine.plan().pageTables());
        space.putPointer(variables.at("MmSystemRangeStart"), machine.plan().systemRangeStart());
    }

    private void region(Struct state, int number, long base) {
        StructLayout assignment = layouts.get("_MI_SYSTEM_VA_ASSIGNMENT");
        new Struct(space, assignment, state.at("Vs.SystemVaRegions") + (long) number * assignment.size()).set("BaseAddress", base)
                .set("NumberOfBytes", REGION_BYTES);
    }
}
