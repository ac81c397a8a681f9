package org.poolscope.model;

import java.time.LocalDateTime;
import java.util.List;

/**
 * The memory manager's totals, as {@code !vm 1} prints them, from a dump or from such a listing. Sizes are in bytes; a figure
 * the evidence does not give, or gives as a number that cannot be true, is {@code null}.
 *
 * @param seenAt where they stand in the evidence
 * @param source the kind of evidence, as a user would name it: {@code !vm}, {@code kernel counters}, {@code poolmon}
 * @param taken when they were taken, in the machine's own time; {@code null} when the evidence does not say
 * @param physicalBytes physical memory the system uses
 * @param availableBytes zeroed, free and standby pages
 * @param residentAvailableBytes pages that could still be locked
 * @param nonPagedUsedBytes nonpaged pool in use; on systems with an executable and a no-execute part, both together
 * @param nonPagedMaximumBytes the most nonpaged pool may grow to
 * @param pagedUsedBytes paged pool in use
 * @param pagedMaximumBytes the most paged pool may grow to
 * @param pagedPools use of each paged pool descriptor, in the order of the evidence; empty when it does not say
 * @param committedBytes memory promised to somebody
 * @param commitLimitBytes the most that can be promised
 * @param peakCommitBytes the most ever promised since boot
 * @param excessive the pools the evidence itself flags as excessive ("Excessive Paged Pool Usage")
 * @param impossible figures that were read and thrown away because they cannot be true, each as a sentence
 */
public record MemoryCounters(
        Provenance seenAt,
        String source,
        LocalDateTime taken,
        Long physicalBytes,
        Long availableBytes,
        Long residentAvailableBytes,
        Long nonPagedUsedBytes,
        Long nonPagedMaximumBytes,
        Long pagedUsedBytes,
        Long pagedMaximumBytes,
        List<PagedPoolUse> pagedPools,
        Long committedBytes,
        Long commitLimitBytes,
        Long peakCommitBytes,
        List<PoolKind> excessive,
        List<String> impossible) implements Fact {

    public MemoryCounters {
        pagedPools = List.copyOf(pagedPools);
        excessive = List.copyOf(excessive);
        impossible = List.copyOf(impossible);
    }

    /** Totals of a moment that is not known. */
    public MemoryCounters(Provenance seenAt, String source, Long physicalBytes, Long availableBytes, Long residentAvailableBytes,
            Long nonPagedUsedBytes, Long nonPagedMaximumBytes, Long pagedUsedBytes, Long pagedMaximumBytes,
            List<PagedPoolUse> pagedPools, Long committedBytes, Long commitLimitBytes, Long peakCommitBytes,
            List<PoolKind> excessive, List<String> impossible) {
        this(seenAt, source, null, physicalBytes, availableBytes, residentAvailableBytes, nonPagedUsedBytes, nonPagedMaximumBytes,
                pagedUsedBytes, pagedMaximumBytes, pagedPools, committedBytes, commitLimitBytes, peakCommitBytes, excessive,
                impossible);
    }

    /**
     * What one paged pool descriptor holds. Server 2003 has five of them on a machine with enough memory.
     *
     * @param index its number
     * @param usedBytes bytes in use
     */
    public record PagedPoolUse(int index, long usedBytes) {
    }

    /** Bytes in use of one pool, or {@code null}. */
    public Long usedBytes(PoolKind pool) {
        return pool == PoolKind.PAGED ? pagedUsedBytes : nonPagedUsedBytes;
    }

    /** The limit of one pool, or {@code null}. */
    public Long maximumBytes(PoolKind pool) {
        return pool == PoolKind.PAGED ? pagedMaximumBytes : nonPagedMaximumBytes;
    }

    /** Use of one pool as a share of its limit, 0 to 1 (a little above when the kernel overshot), or {@code null}. */
    public Double usedShare(PoolKind pool) {
        Long used = usedBytes(pool);
        Long maximum = maximumBytes(pool);
        return used == null || maximum == null || maximum <= 0 ? null : (double) used / maximum;
    }
}
