package org.poolscope.dfs;

/**
 * What a client's referral cache costs in paged pool, as far as one well-documented case tells.
 *
 * <p>Calibrated on the photo-upload case: Windows Server 2003 SP1, 32 bits, 123,558 entries of four targets each, whose names
 * have 67 characters. There the tag table gives, for each target, 204 bytes of {@code Mu37} and 44 of {@code Mu36}; for each
 * entry 208 of {@code Mu46}, 168 of {@code Mu2c}, 122 each of {@code Mu38} and {@code Mu39}, 88 of {@code Mu04}, 129 of {@code
 * IoNm}, and 204 of {@code Mu4b} and {@code Mu4c}, which grow with the entries though not one for one. Other versions and
 * longer names differ; 64-bit systems need more.
 *
 * @param entries entries in the cache
 * @param targets targets of all entries together
 */
public record CacheCost(long entries, long targets) {

    /** Bytes of paged pool for an entry without its targets. */
    public static final long BYTES_PER_ENTRY = 1041;
    /** Bytes of paged pool for each target of an entry. */
    public static final long BYTES_PER_TARGET = 248;

    /** The cost of the cache that shows this shape. */
    public static CacheCost held(NamespaceShape shape) {
        return new CacheCost(shape.entriesHeld(), shape.targetsHeld());
    }

    /** The cost of a cache that holds only what the namespace needs, with the targets most entries have. */
    public static CacheCost needed(NamespaceShape shape) {
        return new CacheCost(shape.entriesNeeded(), (long) shape.entriesNeeded() * shape.usualTargets().orElse(0));
    }

    /** Estimated bytes of paged pool. */
    public long bytes() {
        return entries * BYTES_PER_ENTRY + targets * BYTES_PER_TARGET;
    }
}
