package org.poolscope.pool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.TagUsage;

/**
 * What the walk found of each tag in each pool. The kernel's tracker table counts the same on another way, so the two must agree: where
 * they do not, blocks were not seen (paged out, damaged), or the kernel allocated before it kept books.
 */
public final class WalkTotals {

    private final List<Row> rows;

    private WalkTotals(List<Row> rows) {
        this.rows = rows;
    }

    /**
     * One tag in one pool.
     *
     * @param blocks blocks somebody holds
     * @param bytes their bytes, headers included
     * @param parked blocks on the pool's lookaside lists, which are not among {@code blocks}
     */
    public record Row(PoolTag tag, PoolKind pool, long blocks, long bytes, long parked) {
    }

    /**
     * One tag in one pool, as the walk and as the tracker table see it.
     *
     * @param walked what the walk found; zero when it found nothing
     * @param blocks what the table counts as outstanding; {@code null} when it does not say
     * @param bytes the bytes it counts; {@code null} when it does not say
     */
    public record Comparison(Row walked, Long blocks, Long bytes) {

        /** How many blocks more the walk found than the table counts; {@code null} when the table does not say. */
        public Long surplusBlocks() {
            return blocks == null ? null : Long.valueOf(walked.blocks - blocks);
        }

        /** How many bytes more the walk found than the table counts; {@code null} when the table does not say. */
        public Long surplusBytes() {
            return bytes == null ? null : Long.valueOf(walked.bytes - bytes);
        }

        /** Whether both count the same blocks. */
        public boolean agrees() {
            return blocks != null && blocks == walked.blocks;
        }
    }

    /** Adds up all blocks. */
    public static WalkTotals of(PoolBlocks blocks) {
        TagCounts[] counts = {new TagCounts(3), new TagCounts(3)};
        for (BlockCursor block = blocks.cursor(); block.next();) {
            TagCounts pool = counts[block.pool().ordinal()];
            switch (block.state()) {
                case ALLOCATED -> {
                    pool.add(block.key(), 0, 1);
                    pool.add(block.key(), 1, block.size());
                }
                case LOOKASIDE -> pool.add(block.key(), 2, 1);
                case FREE, DAMAGED -> {
                }
            }
        }
        List<Row> rows = new ArrayList<>();
        for (PoolKind kind : PoolKind.values()) {
            TagCounts pool = counts[kind.ordinal()];
            pool.forEach((key, values) -> rows.add(new Row(new PoolTag(key), kind, values[0], values[1], values[2])));
        }
        rows.removeIf(row -> row.blocks == 0 && row.parked == 0);
        rows.sort(Comparator.comparing(Row::tag).thenComparing(Row::pool));
        return new WalkTotals(List.copyOf(rows));
    }

    /** A row for each tag and pool of which somebody holds blocks, by tag. */
    public List<Row> rows() {
        return rows;
    }

    /** Sets the walk beside the tracker table. Tags neither has in use are left out. */
    public List<Comparison> against(PoolSnapshot tracker) {
        Map<PoolTag, TagUsage> table = new HashMap<>();
        tracker.rows().forEach(row -> table.put(row.tag(), row));
        List<Comparison> compared = new ArrayList<>();
        Map<PoolTag, Integer> seen = new HashMap<>();
        for (Row row : rows) {
            seen.merge(row.tag, 1 << row.pool.ordinal(), (a, b) -> a | b);
            TagUsage usage = table.get(row.tag);
            PoolUse use = usage == null ? null : usage.use(row.pool);
            compared.add(use == null ? new Comparison(row, usage == null && tracker.complete() ? 0L : null,
                    usage == null && tracker.complete() ? 0L : null) : new Comparison(row, use.outstanding(), use.bytes()));
        }
        for (TagUsage usage : tracker.rows()) {
            for (PoolKind kind : PoolKind.values()) {
                PoolUse use = usage.use(kind);
                if (use != null && use.outstandingOrZero() != 0 && (seen.getOrDefault(usage.tag(), 0) & 1 << kind.ordinal()) == 0) {
                    compared.add(new Comparison(new Row(usage.tag(), kind, 0, 0, 0), use.outstanding(), use.bytes()));
                }
            }
        }
        compared.sort(Comparator.comparing((Comparison one) -> one.walked.tag).thenComparing(one -> one.walked.pool));
        return compared;
    }
}
