package org.poolscope.model;

/**
 * One row of a pool table: a tag and what it uses of each pool.
 *
 * @param tag the tag
 * @param nonPaged use of nonpaged pool; {@code null} when the listing leaves this pool out
 * @param paged use of paged pool; {@code null} when the listing leaves this pool out
 * @param binary the driver the listing itself names as owner, or {@code null}
 * @param description what the listing itself says of the tag, or {@code null}
 */
public record TagUsage(PoolTag tag, PoolUse nonPaged, PoolUse paged, String binary, String description) {

    /** A row with figures only. */
    public TagUsage(PoolTag tag, PoolUse nonPaged, PoolUse paged) {
        this(tag, nonPaged, paged, null, null);
    }

    /** Use of the given pool; {@code null} when the listing leaves this pool out. */
    public PoolUse use(PoolKind pool) {
        return pool == PoolKind.PAGED ? paged : nonPaged;
    }
}
