package org.poolscope.logs;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Provenance;
import org.poolscope.model.TagUsage;

/** Gathers the rows of one table of pool use by tag, one entry for each tag, in the order they come. */
final class TagTable {

    /**
     * A whole table holds many tags with a block or two. One whose smallest row still has more than this share of all bytes was
     * cut at the top of a sorted list.
     */
    private static final double SMALLEST_ROW_OF_A_WHOLE_TABLE = 0.001;

    private final Map<PoolTag, Row> rows;
    private int repeated;

    TagTable() {
        rows = new LinkedHashMap<>();
    }

    /** For about so many tags. */
    TagTable(int expected) {
        rows = LinkedHashMap.newLinkedHashMap(expected);
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    int size() {
        return rows.size();
    }

    /** How many rows named a tag and pool that stood in the table already; their figures were added together. */
    int repeated() {
        return repeated;
    }

    void add(PoolTag tag, PoolKind pool, PoolUse use, String binary, String description, Provenance seenAt) {
        Row row = rows.computeIfAbsent(tag, unused -> new Row(seenAt));
        PoolUse before = pool == PoolKind.PAGED ? row.paged : row.nonPaged;
        if (before != null) {
            repeated++;
        }
        PoolUse sum = before == null ? use : sum(before, use);
        if (pool == PoolKind.PAGED) {
            row.paged = sum;
        } else {
            row.nonPaged = sum;
        }
        row.binary = row.binary == null ? binary : row.binary;
        row.description = row.description == null ? description : row.description;
        if (use.bytesOrZero() > row.mostBytes) {
            // A tag may have a row for each pool; the larger one is cited.
            row.mostBytes = use.bytesOrZero();
            row.seenAt = seenAt;
        }
    }

    /** Bytes of one pool over all rows. */
    long bytes(PoolKind pool) {
        long total = 0;
        for (Row row : rows.values()) {
            PoolUse use = pool == PoolKind.PAGED ? row.paged : row.nonPaged;
            total += use == null ? 0 : use.bytesOrZero();
        }
        return total;
    }

    /** Whether the rows look like all there were: both pools used, and no sign of a list cut after its largest rows. */
    boolean looksWhole() {
        long nonPaged = bytes(PoolKind.NONPAGED);
        long paged = bytes(PoolKind.PAGED);
        long smallest = Long.MAX_VALUE;
        for (Row row : rows.values()) {
            smallest = Math.min(smallest, row.mostBytes);
        }
        return nonPaged > 0 && paged > 0 && smallest <= (nonPaged + paged) * SMALLEST_ROW_OF_A_WHOLE_TABLE;
    }

    /**
     * The table as a fact.
     *
     * @param complete whether all tags of the machine are in it; then a tag without a row for a pool never used that pool,
     *     otherwise its use of that pool is not known
     */
    PoolSnapshot snapshot(Provenance seenAt, String source, LocalDateTime taken, boolean complete) {
        PoolUse absent = complete ? PoolUse.NONE : null;
        List<TagUsage> usages = new ArrayList<>(rows.size());
        rows.forEach((tag, row) -> usages.add(new TagUsage(tag, row.nonPaged == null ? absent : row.nonPaged,
                row.paged == null ? absent : row.paged, row.binary, row.description, row.seenAt)));
        return new PoolSnapshot(seenAt, source, taken, complete, usages);
    }

    private static PoolUse sum(PoolUse a, PoolUse b) {
        return new PoolUse(sum(a.allocs(), b.allocs()), sum(a.frees(), b.frees()), sum(a.outstanding(), b.outstanding()),
                sum(a.bytes(), b.bytes()));
    }

    private static Long sum(Long a, Long b) {
        return a == null || b == null ? null : Long.valueOf(a + b);
    }

    private static final class Row {
        private Provenance seenAt;
        private PoolUse nonPaged;
        private PoolUse paged;
        private String binary;
        private String description;
        private long mostBytes = -1;

        private Row(Provenance seenAt) {
            this.seenAt = seenAt;
        }
    }
}
