package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.poolscope.memory.Absence;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.Quantity;
import org.poolscope.pool.WalkTotals;

/**
 * The kernel's tracker table and the blocks themselves tell the same on two ways. Where they do not, blocks are out of sight, or one of the
 * two is damaged: how far the other findings can be trusted.
 */
final class BooksDifferRule implements Rule {

    static final String ID = "books-differ";

    /** The kernel allocates a few blocks before it begins to count; and what share of all must differ. */
    private static final long FEWEST_BLOCKS = 100;
    private static final double SHARE = 0.01;
    private static final int TAGS_NAMED = 3;

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        List<Finding> found = new ArrayList<>();
        for (OpenPool pool : OpenPool.of(subject)) {
            PoolSnapshot table = pool.image().tagTable().value().filter(PoolSnapshot::complete).orElse(null);
            if (table == null) {
                continue;
            }
            List<WalkTotals.Comparison> rows = pool.totals().against(Optional.of(table), pool.image().sessionTagTable().value());
            for (PoolKind kind : PoolKind.values()) {
                List<WalkTotals.Comparison> differ = rows.stream()
                        .filter(row -> row.walked().pool() == kind && row.surplusBlocks() != null && row.surplusBlocks() != 0)
                        .sorted(Comparator.comparingLong((WalkTotals.Comparison row) -> Math.abs(row.surplusBlocks())).reversed()).toList();
                long counted = rows.stream().filter(row -> row.walked().pool() == kind && row.blocks() != null)
                        .mapToLong(WalkTotals.Comparison::blocks).sum();
                long missing = differ.stream().mapToLong(row -> Math.max(0, -row.surplusBlocks())).sum();
                long surplus = differ.stream().mapToLong(row -> Math.max(0, row.surplusBlocks())).sum();
                if (missing + surplus >= Math.max(FEWEST_BLOCKS, SHARE * counted)) {
                    found.add(finding(pool, kind, differ, counted, missing, surplus));
                }
            }
        }
        return found;
    }

    private Finding finding(OpenPool pool, PoolKind kind, List<WalkTotals.Comparison> differ, long counted, long missing, long surplus) {
        String title = "The pages of " + kind.word() + " pool and the kernel's tracker table differ: "
                + (missing == 0 ? "" : Quantity.count(missing, "block", "blocks") + " of " + Quantity.count(counted) + " are counted and not found")
                + (missing > 0 && surplus > 0 ? ", " : "")
                + (surplus == 0 ? "" : Quantity.count(surplus, "block", "blocks") + " are found and not counted");
        return Finding.of(this, Severity.NOTE, pool.blocks().warnings().isEmpty() && pool.blocks().damageCount() == 0 && !isIncomplete(pool)
                ? Confidence.high("both were read whole") : Confidence.high("the table was read whole, and of the pages what the image holds"), title)
                .pool(kind)
                .tags(differ.stream().limit(TAGS_NAMED).map(row -> row.walked().tag()).toList())
                .explanation(reasons(pool, kind, missing, surplus) + " What is said of blocks holds for those that were found.")
                .evidence(pool.at("tracker table", differ.stream().limit(TAGS_NAMED).map(row -> "'" + row.walked().tag() + "' "
                        + Quantity.count(row.blocks()) + " counted, " + Quantity.count(row.walked().blocks()) + " found")
                        .collect(Collectors.joining("; "))))
                .next("Set the two beside each other, tag by tag.", "poolscope blocks " + pool.word() + " --totals")
                .build();
    }

    private static boolean isIncomplete(OpenPool pool) {
        return pool.blocks().absentPages(Absence.NOT_IN_DUMP) > 0 || pool.blocks().absentPages(Absence.PAGED_OUT) > 0;
    }

    /** What explains the difference, as far as the image shows it. */
    private static String reasons(OpenPool pool, PoolKind kind, long missing, long surplus) {
        List<String> reasons = new ArrayList<>();
        for (Absence why : new Absence[] {Absence.PAGED_OUT, Absence.SECTION, Absence.NOT_IN_DUMP}) {
            long pages = pool.blocks().absentPages(why);
            if (missing > 0 && pages > 0 && (kind == PoolKind.PAGED || why == Absence.NOT_IN_DUMP)) {
                reasons.add(Quantity.count(pages, "page", "pages") + " of the pools' address space: "
                        + why.words(pool.image().version().build()));
            }
        }
        if (pool.blocks().damageCount() > 0) {
            reasons.add(Quantity.count(pool.blocks().damageCount(), "place", "places") + " where pool is damaged");
        }
        if (surplus > 0 && reasons.isEmpty()) {
            reasons.add("allocations made before the kernel began to count, or a damaged table");
        }
        return reasons.isEmpty() ? "Nothing in the image explains it: the table or the headers of blocks were overwritten, or the dump was "
                + "written while the machine went on." : "What explains it: " + String.join("; ", reasons) + ".";
    }
}
