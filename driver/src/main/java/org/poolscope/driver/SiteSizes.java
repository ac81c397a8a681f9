package org.poolscope.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.poolscope.model.Architecture;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;

/**
 * Which call sites of a tag can have made the blocks that were seen, by their sizes and their pool: blocks of 0xd8 bytes are not those of a site that
 * only ever asks for 0x20. Tells sites apart that share a tag, without changing the driver.
 */
public final class SiteSizes {

    private static final int PAGE = 4096;

    /** How the pool rounds sizes. */
    public enum Heap {
        /** The pool of Windows before 10 version 1903: whole units of 8 bytes (x86) or 16 (x64), header included. */
        CLASSIC,
        /**
         * The segment heap of Windows 10 version 1903 and later: units of 16 bytes, or one of 129 bucket sizes that grow coarser
         * (Mark Vincent Yason, "Windows 10 Segment Heap Internals", Black Hat 2016).
         */
        SEGMENT
    }

    /** Whether a site can have made the blocks. */
    public enum Fit {
        /** It can have made some of them. */
        POSSIBLE,
        /** It cannot: it asks for other sizes, or from the other pool. */
        IMPOSSIBLE,
        /** Its size is not constant, or not exact, so nothing rules it out. */
        UNKNOWN
    }

    /**
     * Blocks of one size.
     *
     * @param size bytes of each: with the header for small blocks, without for those that take whole pages
     * @param wholePages whether they take whole pages (big allocations have no header)
     * @param pool the pool they are in; {@code null} when not known
     * @param count how many there are
     */
    public record Blocks(long size, boolean wholePages, PoolKind pool, long count) {
    }

    /**
     * What was found of one site.
     *
     * @param site the site
     * @param fit whether it can have made any of the blocks
     * @param blocks how many of the blocks it can have made
     * @param sizes the block sizes it can have made, with how many there are of each
     */
    public record SiteFit(CallSite site, Fit fit, long blocks, Map<Long, Long> sizes) {
    }

    private final Architecture architecture;
    private final Heap heap;

    /**
     * For the pool of one machine.
     *
     * @param architecture its processor
     * @param heap how its pool rounds sizes
     */
    public SiteSizes(Architecture architecture, Heap heap) {
        this.architecture = architecture;
        this.heap = heap;
    }

    /**
     * Holds the sites that allocate with a tag against blocks of that tag.
     *
     * @param sites call sites, of any tags; those that only pass on what their callers give are left out, their callers are sites
     * @param tag the tag
     * @param blocks the blocks seen
     * @return the sites of that tag in their order
     */
    public List<SiteFit> match(List<CallSite> sites, PoolTag tag, List<Blocks> blocks) {
        List<SiteFit> fits = new ArrayList<>();
        for (CallSite site : sites) {
            if (site.isAllocation() && !site.passedOn() && tag.equals(site.tag())) {
                fits.add(fit(site, blocks));
            }
        }
        return fits;
    }

    private SiteFit fit(CallSite site, List<Blocks> blocks) {
        Map<Long, Long> sizes = new TreeMap<>();
        for (Blocks seen : blocks) {
            boolean pool = site.pool() == null || seen.pool() == null || site.pool() == seen.pool();
            boolean size = !tellsSize(site) || site.sizes().stream().anyMatch(asked -> canBe(asked, seen, site));
            if (pool && size) {
                sizes.merge(seen.size(), seen.count(), Long::sum);
            }
        }
        long count = sizes.values().stream().mapToLong(Long::longValue).sum();
        Fit fit = sizes.isEmpty() ? Fit.IMPOSSIBLE : tellsSize(site) ? Fit.POSSIBLE : Fit.UNKNOWN;
        return new SiteFit(site, fit, count, sizes);
    }

    /** Whether the sizes of its blocks follow from the code. */
    private static boolean tellsSize(CallSite site) {
        return !site.sizes().isEmpty() && site.exactSize();
    }

    private boolean canBe(long asked, Blocks seen, CallSite site) {
        if (seen.wholePages()) {
            return pages(asked) == pages(seen.size()) && asked > PAGE - 2L * header();
        }
        // Quota is charged by a pointer at the block's end on x86, in the header on x64 (pool header layouts).
        boolean quota = site.api().contains("Quota") && architecture == Architecture.X86;
        return roundsTo(asked, seen.size()) || quota && roundsTo(asked + 4, seen.size());
    }

    private boolean roundsTo(long asked, long size) {
        long whole = Math.max(asked, 1) + header();
        if (heap == Heap.CLASSIC) {
            return up(whole, header()) == size;
        }
        return up(whole, 16) == size || bucket(whole) == size;
    }

    private int header() {
        return architecture == Architecture.X86 ? 8 : 16;
    }

    private static long pages(long bytes) {
        return (bytes + PAGE - 1) / PAGE;
    }

    private static long up(long bytes, long unit) {
        return (bytes + unit - 1) / unit * unit;
    }

    /** The segment heap's low-fragmentation buckets: steps of 16 bytes up to 1 KB, then 64, 128, 256 and 512. */
    private static long bucket(long bytes) {
        return up(bytes, bytes <= 1024 ? 16 : bytes <= 2048 ? 64 : bytes <= 4096 ? 128 : bytes <= 8192 ? 256 : 512);
    }
}
