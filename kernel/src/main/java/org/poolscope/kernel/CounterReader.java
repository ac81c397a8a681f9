package org.poolscope.kernel;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.poolscope.memory.MemoryTotals;
import org.poolscope.memory.PhysicalMemory;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.MemoryCounters.PagedPoolUse;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Provenance;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/**
 * Reads the memory manager's totals, as {@code !vm} prints them.
 *
 * <p>Up to Windows 8.1 they are global variables whose addresses the debugger data block gives; from Windows 10 on they lie
 * inside {@code MiState} and {@code MiSystemPartition}, which only symbols can find; a small dump carries a copy. Every figure is
 * held against what the machine can have, and one that cannot be true is left out and named.
 */
final class CounterReader {

    private static final String SOURCE = "kernel counters";

    /** No counter of pages can pass the 16 TB of kernel address space, or of physical memory, that Windows supports. */
    private static final long PAGE_LIMIT = 1L << 32;

    /** The debugger warns of a pool that has used more than nine tenths of its limit. */
    private static final double EXCESSIVE = 0.9;

    private final Provenance seenAt;
    private final LocalDateTime taken;
    private final Long machinePages;
    private final List<String> impossible = new ArrayList<>();

    /**
     * Prepares to read.
     *
     * @param taken when the image was taken, in the machine's own time, or {@code null}
     * @param machinePages physical memory in pages as the image itself says, or {@code null}
     */
    CounterReader(Provenance seenAt, LocalDateTime taken, Long machinePages) {
        this.seenAt = seenAt;
        this.taken = taken;
        this.machinePages = machinePages;
    }

    /** From the copy in a small dump. */
    MemoryCounters of(MemoryTotals totals) {
        Long nonPaged = checked("nonpaged pool in use", totals.nonPagedAllocated(), machinePages);
        Long nonPagedMaximum = checked("nonpaged pool maximum", totals.nonPagedMaximum(), null);
        Long paged = checked("paged pool in use", totals.pagedAllocated(), null);
        Long pagedMaximum = checked("paged pool maximum", totals.pagedMaximum(), null);
        return counters(machinePages, null, null, nonPaged, bytes(nonPagedMaximum), paged, bytes(pagedMaximum), List.of(),
                checked("committed", totals.committed(), null), checked("commit limit", totals.commitLimit(), null),
                checked("peak commitment", totals.peakCommitted(), null));
    }

    /** From the running kernel's variables. */
    Answer<MemoryCounters> of(VirtualMemory memory, KernelVariables variables, TypeLayouts layouts) {
        if (variables.numberIn("MmMaximumNonPagedPoolInBytes").isPresent()) {
            return Answer.of(classic(memory, variables, layouts));
        }
        Optional<StructLayout> state = layouts.find("_MI_SYSTEM_INFORMATION");
        OptionalLong address = variables.symbol("MiState");
        if (state.isPresent() && address.isPresent()) {
            return modern(memory, variables, state.get(), address.getAsLong(), layouts.find("_MI_PARTITION"));
        }
        return Answer.none(state.isPresent()
                ? "this kernel keeps its counters where only its symbols can tell, and they are not at hand"
                : "the image does not hold the memory manager's counters");
    }

    private MemoryCounters classic(VirtualMemory memory, KernelVariables variables, TypeLayouts layouts) {
        Long physical = checked("physical memory", pages(variables, "MmNumberOfPhysicalPages"), null);
        Long ceiling = physical != null ? physical : machinePages;
        List<PoolDescriptor> descriptors = PoolDescriptor.paged(memory, variables, layouts);
        List<PoolDescriptor> nonPagedDescriptors = PoolDescriptor.nonPaged(memory, variables, layouts);
        Long nonPaged = positive(pages(variables, "MmAllocatedNonPagedPool"));
        if (nonPaged == null && !nonPagedDescriptors.isEmpty()) {
            nonPaged = nonPagedDescriptors.stream().mapToLong(PoolDescriptor::pages).sum();
        }
        List<PagedPoolUse> pools = new ArrayList<>();
        for (PoolDescriptor descriptor : descriptors) {
            pools.add(new PagedPoolUse(descriptor.index(), descriptor.pages() * PhysicalMemory.PAGE_SIZE));
        }
        Long paged = positive(allocatedPagedPool(memory, variables, layouts));
        if (paged == null && !descriptors.isEmpty() || descriptors.size() > 1) {
            // the debugger's total is the sum of the pools it lists
            paged = descriptors.stream().mapToLong(PoolDescriptor::pages).sum();
        }
        return counters(physical,
                checked("available memory", pages(variables, "MmAvailablePages"), ceiling),
                checked("resident available memory", pages(variables, "MmResidentAvailablePages"), ceiling),
                checked("nonpaged pool in use", nonPaged, ceiling),
                size("nonpaged pool maximum", variables.numberIn("MmMaximumNonPagedPoolInBytes")),
                checked("paged pool in use", paged, null),
                size("paged pool maximum", variables.numberIn("MmSizeOfPagedPoolInBytes")),
                pools,
                checked("committed", pages(variables, "MmTotalCommittedPages"), null),
                checked("commit limit", pages(variables, "MmTotalCommitLimit"), null),
                checked("peak commitment", pages(variables, "MmPeakCommitment"), null));
    }

    private Answer<MemoryCounters> modern(VirtualMemory memory, KernelVariables variables, StructLayout state, long address,
            Optional<StructLayout> partition) {
        Long nonPaged = field(memory, address, state, "Pools.AllocatedNonPagedPool");
        Long paged = field(memory, address, state, "Vs.PagedPoolInfo.AllocatedPagedPool");
        Long nonPagedMaximum = positive(field(memory, address, state, "Vs.MaximumNonPagedPoolInPages"));
        Long pagedMaximum = positive(field(memory, address, state, "Vs.SizeOfPagedPoolInPages"));
        if (positive(nonPaged) == null && positive(paged) == null && nonPagedMaximum == null) {
            return Answer.none("the image does not hold the memory manager's counters");
        }
        OptionalLong where = variables.symbol("MiSystemPartition");
        long system = where.orElse(0);
        StructLayout of = where.isPresent() ? partition.orElse(null) : null;
        Long physical = checked("physical memory",
                positive(of == null ? null : field(memory, system, of, "Vp.NumberOfPhysicalPages")), null);
        Long ceiling = physical != null ? physical : machinePages;
        return Answer.of(counters(physical != null ? physical : machinePages,
                checked("available memory", of == null ? null : field(memory, system, of, "Vp.AvailablePages"), ceiling),
                checked("resident available memory",
                        of == null ? null : field(memory, system, of, "Vp.ResidentAvailablePages"), ceiling),
                checked("nonpaged pool in use", nonPaged, ceiling),
                bytes(checked("nonpaged pool maximum", nonPagedMaximum, null)),
                checked("paged pool in use", paged, null),
                bytes(checked("paged pool maximum", pagedMaximum, null)),
                List.of(),
                checked("committed", of == null ? null : field(memory, system, of, "Vp.TotalCommittedPages"), null),
                checked("commit limit", of == null ? null : field(memory, system, of, "Vp.TotalCommitLimit"), null),
                checked("peak commitment", of == null ? null : field(memory, system, of, "Commit.PeakCommitment"), null)));
    }

    private MemoryCounters counters(Long physical, Long available, Long residentAvailable, Long nonPaged, Long nonPagedMaximum,
            Long paged, Long pagedMaximum, List<PagedPoolUse> pools, Long committed, Long commitLimit, Long peak) {
        List<PoolKind> excessive = new ArrayList<>();
        if (isExcessive(bytes(nonPaged), nonPagedMaximum)) {
            excessive.add(PoolKind.NONPAGED);
        }
        if (isExcessive(bytes(paged), pagedMaximum)) {
            excessive.add(PoolKind.PAGED);
        }
        return new MemoryCounters(seenAt, SOURCE, taken, bytes(physical), bytes(available), bytes(residentAvailable),
                bytes(nonPaged), nonPagedMaximum, bytes(paged), pagedMaximum, pools, bytes(committed), bytes(commitLimit),
                bytes(peak), excessive, impossible);
    }

    private static boolean isExcessive(Long used, Long maximum) {
        return used != null && maximum != null && maximum > 0 && used > EXCESSIVE * maximum;
    }

    /** {@code MM_PAGED_POOL_INFO.AllocatedPagedPool}, in pages. */
    private static Long allocatedPagedPool(VirtualMemory memory, KernelVariables variables, TypeLayouts layouts) {
        Optional<StructLayout> layout = layouts.find("_MM_PAGED_POOL_INFO");
        OptionalLong address = variables.told("MmPagedPoolInformation");
        return layout.isEmpty() || address.isEmpty() ? null
                : field(memory, address.getAsLong(), layout.get(), "AllocatedPagedPool");
    }

    private static Long field(VirtualMemory memory, long address, StructLayout layout, String name) {
        Optional<FieldLayout> field = layout.find(name);
        return field.isEmpty() || !memory.isReadable(address + field.get().offset(), field.get().bytes()) ? null
                : Long.valueOf(Values.read(memory, address, field.get()));
    }

    /**
     * A variable that counts pages. Some of them are 32 bits wide on 64-bit kernels, depending on the build: then the upper half
     * is some other variable, and the whole too large to be a count.
     */
    private static Long pages(KernelVariables variables, String name) {
        OptionalLong wide = variables.numberIn(name);
        if (wide.isEmpty()) {
            return null;
        }
        long value = wide.getAsLong();
        return value < 0 || value > PAGE_LIMIT ? value & 0xffff_ffffL : value;
    }

    private Long size(String what, OptionalLong size) {
        if (size.isEmpty() || size.getAsLong() == 0) {
            return null;
        }
        Long pages = checked(what, size.getAsLong() >>> PhysicalMemory.PAGE_SHIFT, null);
        return pages == null ? null : Long.valueOf(size.getAsLong());
    }

    /** The figure, or {@code null} with a sentence when it cannot be true. */
    private Long checked(String what, Long pages, Long ceiling) {
        if (pages == null) {
            return null;
        }
        if (pages < 0 || pages > PAGE_LIMIT) {
            impossible.add("%s: %s pages are more than Windows can have".formatted(what, Long.toUnsignedString(pages)));
            return null;
        }
        if (ceiling != null && pages > ceiling) {
            impossible.add("%s: %d pages are more than the machine's physical memory of %d pages"
                    .formatted(what, pages, ceiling));
            return null;
        }
        return pages;
    }

    private static Long positive(Long value) {
        return value == null || value == 0 ? null : value;
    }

    private static Long bytes(Long pages) {
        return pages == null ? null : Long.valueOf(pages * PhysicalMemory.PAGE_SIZE);
    }
}
