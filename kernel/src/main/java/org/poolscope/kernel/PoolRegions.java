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

    /**
     * The index of session space there: {@code _MI_ASSIGNED_REGION_TYPES} of the public symbols, which has it at 12 in build 17763 alone and at
     * 10 in all others there are symbols of. Of the builds between 14393 and 17763 it is not known.
     */
    private static final int SESSION_REGION = 10;
    private static final int SESSION_REGION_17763 = 12;
    private static final int FIRST_ASSIGNED = 14393;
    private static final int BUILD_17763 = 17763;

    /** For images that do not tell. */
    static final PoolRegions NONE = new PoolRegions(List.of(), null, false);

    private final List<Region> regions;
    private final Region session;
    private final boolean assignedAtBoot;

    private PoolRegions(List<Region> regions, Region session, boolean assignedAtBoot) {
        this.regions = regions;
        this.session = session;
        this.assignedAtBoot = assignedAtBoot;
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
        Region assigned = assigned(memory, variables, layouts, build, regions);
        return new PoolRegions(List.copyOf(regions), assigned != null ? assigned : sessionSpace, build >= FIRST_ASSIGNED);
    }

    /** Adds the regions that were assigned at boot, that of session space last, which is returned where it is told. */
    private static Region assigned(VirtualMemory memory, KernelVariables variables, TypeLayouts layouts, int build,
            List<Region> regions) {
        OptionalLong state = variables.symbol("MiState");
        Optional<StructLayout> layout = layouts.find("_MI_SYSTEM_INFORMATION").filter(found -> found.has("Vs.SystemVaRegions"));
        Optional<StructLayout> assignment = layouts.find("_MI_SYSTEM_VA_ASSIGNMENT");
        if (state.isEmpty() || layout.isEmpty() || assignment.isEmpty()) {
            return null;
        }
        int shift = build >= SHIFTED_SINCE ? 1 : 0;
        long array = state.getAsLong() + layout.get().offset("Vs.SystemVaRegions");
        int told = regions.size();
        add(memory, assignment.get(), array, NONPAGED_REGION + shift, PoolKind.NONPAGED, regions);
        add(memory, assignment.get(), array, PAGED_REGION + shift, PoolKind.PAGED, regions);
        int session = build == BUILD_17763 ? SESSION_REGION_17763
                : build == FIRST_ASSIGNED || build > BUILD_17763 ? SESSION_REGION : Integer.MAX_VALUE;
        if (session >= layout.get().field("Vs.SystemVaRegions").count() || regions.size() == told) {
            return null;
        }
        int before = regions.size();
        add(memory, assignment.get(), array, session, PoolKind.PAGED, regions);
        return regions.size() > before ? regions.getLast() : null;
    }

    private static void add(VirtualMemory memory, StructLayout assignment, long array, int number, PoolKind pool, List<Region> regions) {
        long entry = array + (long) number * assignment.size();
        if (memory.isReadable(entry, assignment.size())) {
            long base = memory.canonical(memory.pointer(entry + assignment.offset("BaseAddress")));
            long bytes = memory.pointer(entry + assignment.offset("NumberOfBytes"));
            add(regions, pool, base, base + bytes - 1);
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

    /** Whether regions lie elsewhere at each start, so that one the image does not tell is unknown. */
    public boolean assignedAtBoot() {
        return assignedAtBoot;
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
