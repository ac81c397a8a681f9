package org.poolscope.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/**
 * Which addresses are pool. Up to Windows 8.1 the debugger data block gives the bounds of both pools; on x86 nonpaged pool has
 * two parts, an initial one and one at the top of the address space that grows towards it, with paged pool between them. From
 * Windows 10 on each pool has a region assigned at boot, which {@code MiState} lists.
 */
public final class PoolRegions {

    /** Indexes in {@code MiState.Vs.SystemVaRegions}: one less up to build 19041 than from 20348 on. */
    private static final int NONPAGED_REGION = 0;
    private static final int PAGED_REGION = 1;
    private static final int SHIFTED_SINCE = 20348;

    /** For images that do not tell. */
    static final PoolRegions NONE = new PoolRegions(List.of(), null);

    private final List<Region> regions;
    private final Region session;

    private PoolRegions(List<Region> regions, Region session) {
        this.regions = regions;
        this.session = session;
    }

    /**
     * A range of addresses that one pool owns.
     *
     * @param pool the pool
     * @param first its first address
     * @param last its last address, inclusive
     */
    public record Region(PoolKind pool, long first, long last) {

        /** Whether an address lies inside. */
        public boolean contains(long address) {
            return Long.compareUnsigned(address - first, last - first) <= 0;
        }
    }

    static PoolRegions of(VirtualMemory memory, KernelVariables variables, TypeLayouts layouts, int build) {
        List<Region> regions = new ArrayList<>();
        OptionalLong pagedStart = variables.pointerIn("MmPagedPoolStart");
        OptionalLong pagedEnd = variables.pointerIn("MmPagedPoolEnd");
        OptionalLong start = variables.pointerIn("MmNonPagedPoolStart");
        OptionalLong end = variables.pointerIn("MmNonPagedPoolEnd");
        if (pagedStart.isPresent() && pagedEnd.isPresent()) {
            add(regions, PoolKind.PAGED, pagedStart.getAsLong(), pagedEnd.getAsLong());
        }
        OptionalLong session = variables.pointerIn("MmSessionBase");
        OptionalLong sessionSize = variables.numberIn("MmSessionSize");
        if (session.isPresent() && sessionSize.isPresent()) {
            add(regions, PoolKind.PAGED, session.getAsLong(), session.getAsLong() + sessionSize.getAsLong() - 1);
        }
        Region sessionSpace = session.isEmpty() ? null
                : regions.stream().filter(region -> region.first() == session.getAsLong()).findFirst().orElse(null);
        if (start.isPresent() && end.isPresent()) {
            add(regions, PoolKind.NONPAGED, start.getAsLong(), end.getAsLong() - 1);
        }
        assigned(memory, variables, layouts, build, regions);
        return new PoolRegions(List.copyOf(regions), sessionSpace);
    }

    private static void assigned(VirtualMemory memory, KernelVariables variables, TypeLayouts layouts, int build,
            List<Region> regions) {
        OptionalLong state = variables.symbol("MiState");
        Optional<StructLayout> layout = layouts.find("_MI_SYSTEM_INFORMATION").filter(found -> found.has("Vs.SystemVaRegions"));
        Optional<StructLayout> assignment = layouts.find("_MI_SYSTEM_VA_ASSIGNMENT");
        if (state.isEmpty() || layout.isEmpty() || assignment.isEmpty()) {
            return;
        }
        int shift = build >= SHIFTED_SINCE ? 1 : 0;
        long array = state.getAsLong() + layout.get().offset("Vs.SystemVaRegions");
        for (int i = NONPAGED_REGION; i <= PAGED_REGION; i++) {
            long entry = array + (long) (i + shift) * assignment.get().size();
            if (memory.isReadable(entry, assignment.get().size())) {
                long base = memory.canonical(memory.pointer(entry + assignment.get().offset("BaseAddress")));
                long bytes = memory.pointer(entry + assignment.get().offset("NumberOfBytes"));
                add(regions, i == NONPAGED_REGION ? PoolKind.NONPAGED : PoolKind.PAGED, base, base + bytes - 1);
            }
        }
    }

    private static void add(List<Region> regions, PoolKind pool, long first, long last) {
        if (first != 0 && Long.compareUnsigned(first, last) < 0) {
            regions.add(new Region(pool, first, last));
        }
    }

    /** The regions; where they overlap, the earlier one owns the addresses. Empty when the image does not tell them. */
    public List<Region> all() {
        return regions;
    }

    /** Session space, where every session sees its own memory; empty when the image does not tell where that is. */
    public Optional<Region> session() {
        return Optional.ofNullable(session);
    }

    /** Whether an address lies in session space: every session sees its own memory there. */
    public boolean isSession(long address) {
        return session != null && session.contains(address);
    }

    /** The pool an address belongs to, as far as the image tells. */
    public Optional<PoolKind> poolOf(long address) {
        for (Region region : regions) {
            if (region.contains(address)) {
                return Optional.of(region.pool());
            }
        }
        return Optional.empty();
    }
}
