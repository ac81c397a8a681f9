package org.poolscope.kernel.objects;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How Driver Verifier was set, and what it counted over all verified drivers together, since boot. Sizes are in bytes.
 *
 * @param level its option bits; 0 when it is off
 * @param allocationsAttempted allocations of verified drivers
 * @param allocationsSucceeded those that were granted
 * @param allocationsInSpecialPool those that were granted from special pool
 * @param allocationsWithoutTag those without a tag
 * @param allocationsFailed those that were refused
 * @param allocationsFailedDeliberately those that were refused to test the driver
 * @param untrackedPool those that could not be written in the books, for want of memory
 * @param pagedAllocations paged allocations outstanding
 * @param nonPagedAllocations nonpaged allocations outstanding
 * @param pagedBytes bytes of paged pool outstanding
 * @param nonPagedBytes bytes of nonpaged pool outstanding
 */
public record VerifierSettings(
        long level,
        long allocationsAttempted,
        long allocationsSucceeded,
        long allocationsInSpecialPool,
        long allocationsWithoutTag,
        long allocationsFailed,
        long allocationsFailedDeliberately,
        long untrackedPool,
        long pagedAllocations,
        long nonPagedAllocations,
        long pagedBytes,
        long nonPagedBytes) {

    private static final long POOL_TRACKING = 8;

    /** The option bits, as Microsoft documents them for {@code verifier /flags}. */
    private static final Map<Long, String> OPTIONS = new LinkedHashMap<>();

    static {
        OPTIONS.put(1L, "special pool");
        OPTIONS.put(2L, "IRQL checking");
        OPTIONS.put(4L, "low resources simulation");
        OPTIONS.put(POOL_TRACKING, "pool tracking");
        OPTIONS.put(0x10L, "I/O verification");
        OPTIONS.put(0x20L, "deadlock detection");
        OPTIONS.put(0x80L, "DMA checking");
        OPTIONS.put(0x100L, "security checks");
        OPTIONS.put(0x200L, "force pending I/O requests");
        OPTIONS.put(0x800L, "miscellaneous checks");
    }

    /** Whether outstanding allocations are written down one by one. */
    public boolean tracksPool() {
        return (level & POOL_TRACKING) != 0;
    }

    /** The options that are on, in words; one without a name as its bit. */
    public List<String> options() {
        List<String> words = new ArrayList<>();
        for (long bit = 1; bit > 0 && bit <= level; bit <<= 1) {
            if ((level & bit) != 0) {
                words.add(OPTIONS.getOrDefault(bit, "0x" + Long.toHexString(bit)));
            }
        }
        return words;
    }
}
