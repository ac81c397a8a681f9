package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.poolscope.memory.Absence;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.Quantity;
import org.poolscope.pool.Fragmentation;
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
    /** Why a page of paged pool may be out of sight of any image. */
    private static final Set<Absence> WRITTEN_OUT = EnumSet.of(Absence.PAGED_OUT, Absence.SECTION);

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
                .explanation(reasons(pool, kind, differ) + " What is said of blocks holds for those that were found.")
                .evidence(pool.at("tracker table", differ.stream().limit(TAGS_NAMED).map(row -> "'" + row.walked().tag() + "' "
                        + Quantity.count(row.blocks()) + " counted, " + Quantity.count(row.walked().blocks()) + " found")
                        .collect(Collectors.joining("; "))))
                .next("Set the two beside each other, tag by tag.", "poolscope blocks " + pool.word() + " --totals")
                .build();
    }

    private static boolean isIncomplete(OpenPool pool) {
        return pool.blocks().absentPages(Absence.PAGED_OUT) > 0
                || Stream.of(Absence.values()).anyMatch(why -> why.isOfImage() && pool.blocks().absentPages(why) > 0);
    }

    /** What explains the difference, as far as the image shows it, and what it leaves unexplained. */
    private static String reasons(OpenPool pool, PoolKind kind, List<WalkTotals.Comparison> differ) {
        List<String> reasons = new ArrayList<>();
        long missingBytes = differ.stream().filter(row -> row.surplusBlocks() < 0 && row.surplusBytes() != null)
                .mapToLong(row -> Math.max(0, -row.surplusBytes())).sum();
        long unseenBytes = pool.fragmentation().stream().filter(state -> state.pool() == kind).mapToLong(Fragmentation::unseenBytes).sum();
        boolean damaged = pool.blocks().damageCount() > 0;
        if (missingBytes > 0) {
            reasons.addAll(missing(pool, kind, missingBytes, unseenBytes));
        }
        if (differ.stream().anyMatch(row -> row.surplusBlocks() > 0)) {
            if (unseenBytes > 0) {
                reasons.add("Those found and not counted may be free blocks parked on lists that begin outside of the image: these look like blocks in use.");
            } else if (!damaged) {
                reasons.add("More are found than are counted where allocations were made before the kernel began to count, or the table is damaged.");
            }
        }
        if (damaged) {
            reasons.add("Pool is damaged in " + Quantity.count(pool.blocks().damageCount(), "place", "places")
                    + ", where blocks cannot be told; how many stood there nothing says.");
        }
        return reasons.isEmpty() ? "Nothing in the image explains it: the table or the headers of blocks were overwritten, or the dump was "
                + "written while the machine went on." : String.join(" ", reasons);
    }

    /** Blocks that are counted and not found stand on pages that are not in the image, as far as there is room for them. */
    private static List<String> missing(OpenPool pool, PoolKind kind, long missingBytes, long unseenBytes) {
        String why = Stream.of(Absence.values()).filter(one -> one.isOfImage() || kind == PoolKind.PAGED && WRITTEN_OUT.contains(one))
                .filter(one -> pool.blocks().absentPages(one) > 0).map(one -> one.words(pool.image().version().build())).collect(Collectors.joining("; "));
        if (unseenBytes == 0) {
            return why.isEmpty() ? List.of() : List.of("Pages of the pools' address space are not in the image (" + why + "). Whether the blocks not found, "
                    + Quantity.bytes(missingBytes) + ", stand on them the memory manager's books do not tell.");
        }
        List<String> told = new ArrayList<>();
        told.add("Of the pages that " + kind.word() + " pool holds by the memory manager's books, " + Quantity.bytes(unseenBytes) + " are not in the image"
                + (why.isEmpty() ? "" : " (" + why + ")") + "; the blocks not found take " + Quantity.bytes(missingBytes) + ".");
        if (missingBytes > unseenBytes) {
            told.add("At least " + Quantity.bytes(missingBytes - unseenBytes) + " of these blocks they cannot explain"
                    + (pool.blocks().damageCount() > 0 ? "." : ": the table or the headers of blocks were overwritten, or the dump was written while the "
                    + "machine went on."));
        }
        return told;
    }
}
