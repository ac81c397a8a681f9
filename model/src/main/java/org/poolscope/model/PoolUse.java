package org.poolscope.model;

/**
 * What one tag uses of one pool. Any figure the evidence does not give is {@code null}.
 *
 * @param allocs allocations since boot
 * @param frees frees since boot
 * @param outstanding allocations not freed (the {@code Diff} column of listings)
 * @param bytes bytes outstanding
 */
public record PoolUse(Long allocs, Long frees, Long outstanding, Long bytes) {

    /** A tag that never used this pool. */
    public static final PoolUse NONE = new PoolUse(0L, 0L, 0L, 0L);

    /** From the two counters the kernel keeps. */
    public static PoolUse counted(long allocs, long frees, long bytes) {
        return new PoolUse(allocs, frees, allocs - frees, bytes);
    }

    /** From a listing that prints no frees: its {@code Allocs} column holds what is outstanding. */
    public static PoolUse outstanding(long outstanding, long bytes) {
        return new PoolUse(null, null, outstanding, bytes);
    }

    /** Bytes outstanding, 0 when unknown: for sums and sorting only. */
    public long bytesOrZero() {
        return bytes == null ? 0 : bytes;
    }

    /** Allocations outstanding, 0 when unknown: for sums and sorting only. */
    public long outstandingOrZero() {
        return outstanding == null ? 0 : outstanding;
    }

    /** Whether nothing is known to have been allocated here, ever. */
    public boolean isUnused() {
        return (allocs == null || allocs == 0) && outstandingOrZero() == 0 && bytesOrZero() == 0;
    }

    /** Frees for each allocation, 0 to 1; {@code null} when not recorded or nothing was allocated. */
    public Double freedShare() {
        return allocs == null || frees == null || allocs <= 0 ? null : Math.min(1.0, (double) frees / allocs);
    }
}
