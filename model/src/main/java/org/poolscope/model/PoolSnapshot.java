package org.poolscope.model;

import java.time.LocalDateTime;
import java.util.List;

/**
 * Pool use by tag at one moment: a tracker table out of a dump, a {@code !poolused} listing, a PoolMon screen.
 *
 * @param seenAt where it stands in the evidence
 * @param source the kind of listing, as a user would name it: {@code !poolused}, {@code poolmon}, {@code pool tracker table}
 * @param taken when it was taken, in the machine's own time; {@code null} when the evidence does not say
 * @param complete whether every tag of the machine is in it; a listing that was cut or filtered is not complete
 * @param rows the rows, in the order of the evidence; a tag stands at most once
 */
public record PoolSnapshot(Provenance seenAt, String source, LocalDateTime taken, boolean complete, List<TagUsage> rows)
        implements Fact {

    public PoolSnapshot {
        rows = List.copyOf(rows);
    }

    /** Bytes outstanding in one pool over all rows. */
    public long totalBytes(PoolKind pool) {
        long total = 0;
        for (TagUsage row : rows) {
            PoolUse use = row.use(pool);
            if (use != null) {
                total += use.bytesOrZero();
            }
        }
        return total;
    }
}
