package org.poolscope.model;

/**
 * One row of a pool table: a tag and what it uses of each pool.
 *
 * @param tag the tag
 * @param nonPaged use of nonpaged pool; {@code null} when the listing leaves this pool out
 * @param paged use of paged pool; {@code null} when the listing leaves this pool out
 * @param binary the driver the listing itself names as owner, or {@code null}
 * @param description what the listing itself says of the tag, or {@code null}
 * @param seenAt where this very row stands, quoting it; {@code null} when only the table as a whole can be cited
 */
public record TagUsage(PoolTag tag, PoolUse nonPaged, PoolUse paged, String binary, String description, Provenance seenAt) {

    /** A row that has no place of its own in the evidence. */
    public TagUsage(PoolTag tag, PoolUse nonPaged, PoolUse paged, String binary, String description) {
        this(tag, nonPaged, paged, binary, description, null);
    }

    /** A row with figures only. */
    public TagUsage(PoolTag tag, PoolUse nonPaged, PoolUse paged) {
        this(tag, nonPaged, paged, null, null, null);
    }

    /** Use of the given pool; {@code null} when the listing leaves this pool out. */
    public PoolUse use(PoolKind pool) {
        return pool == PoolKind.PAGED ? paged : nonPaged;
    }
}
