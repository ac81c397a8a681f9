package org.poolscope.logs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.MemoryCounters.PagedPoolUse;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Provenance;

/**
 * Gathers the figures of one {@code !vm} listing and decides which of them can be true. The debugger's own offsets are stale
 * for some builds of Windows 10 and 11, so that it prints figures such as 18446735300397918280 pages; those are named and left
 * out.
 */
final class VmListing {

    /**
     * More pages than Windows has ever supported, memory and page files together: 256 TB (Server 2022 supports 48 TB of
     * memory). Judges figures when the listing does not say how much there is.
     */
    private static final long MOST_PAGES = 1L << 36;

    private static final Set<String> KEPT = Set.of("physical memory", "available pages", "resavail pages", "nonpagedpool usage",
            "nonpagedpoolnx usage", "nonpagedpool max", "nonpagedpool maximum", "pagedpool usage", "pagedpool maximum",
            "pagedpool max", "committed pages", "commit limit", "peak commitment");

    /** These count pages of memory, so none of them can be more than there is memory. */
    private static final Set<String> RESIDENT = Set.of("available pages", "resavail pages", "nonpagedpool usage",
            "nonpagedpoolnx usage", "modified pages", "modified pf pages", "kernel stacks");

    private final Provenance seenAt;
    private final Map<String, VmFigure> figures = new LinkedHashMap<>();
    private final List<VmFigure> pools = new ArrayList<>();
    private final Set<PoolKind> excessive = new LinkedHashSet<>();
    private long pageFileKilobytes;
    private boolean pageFiles;
    private boolean pageFilesFirst;

    VmListing(Provenance seenAt) {
        this.seenAt = seenAt;
    }

    /** Whether a figure with this label shows that a listing is one of {@code !vm}. */
    static boolean isKept(VmFigure figure) {
        return KEPT.contains(figure.label()) || poolIndex(figure.label()) >= 0;
    }

    boolean has(VmFigure figure) {
        return figures.containsKey(figure.label());
    }

    boolean isEmpty() {
        return pools.isEmpty() && KEPT.stream().noneMatch(figures::containsKey);
    }

    boolean startsWithPageFiles() {
        return pageFilesFirst;
    }

    void add(VmFigure figure) {
        if (poolIndex(figure.label()) >= 0) {
            pools.add(figure);
        }
        figures.putIfAbsent(figure.label(), figure);
    }

    void addExcessive(PoolKind pool) {
        excessive.add(pool);
    }

    /** Counts a page file by the larger of the sizes printed for it. */
    void addPageFile(long kilobytes) {
        pageFiles = true;
        pageFilesFirst |= figures.isEmpty();
        pageFileKilobytes += Math.min(kilobytes, MOST_PAGES * 4);
    }

    /** The number in {@code pagedpool 3 usage} (before Windows 10) or {@code pagedpool 3}; -1 for other labels. */
    private static int poolIndex(String label) {
        if (!label.startsWith("pagedpool ")) {
            return -1;
        }
        Cells cells = new Cells(label, "pagedpool ".length());
        long index = cells.number();
        String rest = cells.rest();
        return index >= 0 && index < 1024 && (rest.isEmpty() || rest.equals(" usage")) ? (int) index : -1;
    }

    MemoryCounters counters() {
        List<String> impossible = new ArrayList<>();
        for (VmFigure figure : figures.values()) {
            fault(figure).ifPresent(impossible::add);
        }
        List<PagedPoolUse> paged = new ArrayList<>();
        for (VmFigure pool : pools) {
            if (fault(pool).isEmpty()) {
                paged.add(new PagedPoolUse(poolIndex(pool.label()), bytes(pool)));
            }
        }
        Long nonPaged = value("nonpagedpool usage");
        if (figures.containsKey("nonpagedpoolnx usage")) {
            Long noExecute = value("nonpagedpoolnx usage");
            nonPaged = nonPaged == null || noExecute == null ? null : Long.valueOf(nonPaged + noExecute);
        }
        return new MemoryCounters(seenAt, "!vm", null, value("physical memory"), value("available pages"),
                value("resavail pages"), nonPaged, either("nonpagedpool max", "nonpagedpool maximum"),
                value("pagedpool usage"), either("pagedpool maximum", "pagedpool max"), paged,
                value("committed pages"), value("commit limit"), value("peak commitment"), List.copyOf(excessive), impossible);
    }

    private Long either(String label, String other) {
        Long value = value(label);
        return value == null ? value(other) : value;
    }

    private Long value(String label) {
        VmFigure figure = figures.get(label);
        return figure == null || fault(figure).isPresent() ? null : Long.valueOf(bytes(figure));
    }

    /** Why a figure cannot be true, as a sentence. */
    private Optional<String> fault(VmFigure figure) {
        long bound = bound(figure.label());
        if (figure.pages() < 0 || figure.pages() > bound) {
            return Optional.of(figure.name() + ": " + figure.printed() + " pages cannot be true, at most " + bound + " can be"
                    + " (" + boundReason(figure.label()) + ")");
        }
        long pageSize = figure.pages() == 0 ? 4 : figure.kilobytes() / figure.pages();
        // 4 KB pages, or the 8 KB pages of Itanium.
        if (pageSize != 4 && pageSize != 8 || figure.kilobytes() != figure.pages() * pageSize) {
            return Optional.of(figure.name() + ": " + figure.printed() + " pages are not " + figure.kilobytes() + " Kb");
        }
        return Optional.empty();
    }

    private static long bytes(VmFigure figure) {
        return figure.kilobytes() * 1024;
    }

    /** Limits and page table entries count address space, everything else memory and page file. */
    private static boolean isAddressSpace(String label) {
        return label.contains("max") || label.contains("pte") || label.contains("limit") || label.startsWith("free ");
    }

    private long bound(String label) {
        VmFigure physical = figures.get("physical memory");
        if (label.equals("physical memory") || isAddressSpace(label) || physical == null || physical.pages() <= 0
                || physical.pages() > MOST_PAGES) {
            return MOST_PAGES;
        }
        if (RESIDENT.contains(label)) {
            return physical.pages();
        }
        return pageFiles ? physical.pages() + pageFileKilobytes / 4 : MOST_PAGES;
    }

    private String boundReason(String label) {
        long bound = bound(label);
        if (bound == MOST_PAGES) {
            return "no Windows holds more";
        }
        return RESIDENT.contains(label) ? "all of physical memory" : "physical memory and page files together";
    }
}
