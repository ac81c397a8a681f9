package org.poolscope.kernel.objects;

/**
 * A driver that Driver Verifier watches, and what it has allocated and not freed. What is not known is {@code null}; sizes are in
 * bytes.
 *
 * @param entry where Driver Verifier's books of it stand
 * @param name its file name
 * @param loads how often it was loaded
 * @param unloads how often it was unloaded
 * @param pagedAllocations paged allocations outstanding, by the driver's own counter
 * @param nonPagedAllocations nonpaged allocations outstanding, by the driver's own counter
 * @param pagedBytes bytes of paged pool outstanding
 * @param nonPagedBytes bytes of nonpaged pool outstanding
 * @param peakPagedBytes the most bytes of paged pool it ever had
 * @param peakNonPagedBytes the most bytes of nonpaged pool it ever had
 */
public record VerifiedDriver(
        long entry,
        String name,
        Long loads,
        Long unloads,
        Long pagedAllocations,
        Long nonPagedAllocations,
        Long pagedBytes,
        Long nonPagedBytes,
        Long peakPagedBytes,
        Long peakNonPagedBytes) {

    /** Allocations outstanding of both pools; {@code null} when not known. */
    public Long allocations() {
        return pagedAllocations == null || nonPagedAllocations == null ? null
                : Long.valueOf(pagedAllocations + nonPagedAllocations);
    }
}
