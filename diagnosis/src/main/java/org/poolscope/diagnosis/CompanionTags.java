package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.TagUsage;

/**
 * Tags that share a fate: their outstanding counts are equal, or one is a small whole multiple of the other. That is the shape of an
 * object: each has one of these, one of those, and four of that.
 *
 * @param snapshot the table
 * @param pool the pool
 * @param objects the tags of which each object has one block
 * @param parts the tags of which each object has {@code times} blocks; empty when only equal counts were found
 * @param times how many parts an object has; 1 when there are no parts
 * @param worstDeviation how far the worst of the counts is from the exact ratio, as a share of it
 */
record CompanionTags(PoolSnapshot snapshot, PoolKind pool, List<TagUsage> objects, List<TagUsage> parts, int times, double worstDeviation) {

    /** Below this many blocks, equal counts are chance. */
    private static final long FEWEST_BLOCKS = 1000;
    /** How far counts may differ: blocks are made and freed while the counters are read. */
    private static final double TOLERANCE = 0.0002;
    private static final int MOST_PARTS = 16;

    CompanionTags {
        objects = List.copyOf(objects);
        parts = List.copyOf(parts);
    }

    /** How many objects there are. */
    long count() {
        return outstanding(objects.getFirst(), pool);
    }

    List<TagUsage> all() {
        List<TagUsage> all = new ArrayList<>(objects);
        all.addAll(parts);
        return all;
    }

    /** Bytes of all of them together. */
    long bytes() {
        return all().stream().mapToLong(row -> row.use(pool).bytesOrZero()).sum();
    }

    /** The groups in one pool of one table, the one with the most bytes first. */
    static List<CompanionTags> find(PoolSnapshot snapshot, PoolKind pool) {
        List<List<TagUsage>> equal = equalCounts(snapshot, pool);
        List<CompanionTags> found = new ArrayList<>();
        for (List<TagUsage> objects : equal) {
            CompanionTags best = objects.size() > 1 ? new CompanionTags(snapshot, pool, objects, List.of(), 1, spread(objects, pool, 1, objects))
                    : null;
            for (List<TagUsage> parts : equal) {
                int times = ratio(outstanding(objects.getFirst(), pool), outstanding(parts.getFirst(), pool));
                // Two single tags in a whole ratio are too likely to be chance; a third tag that fits is not.
                if (times > 1 && objects.size() + parts.size() > 2) {
                    CompanionTags pair = new CompanionTags(snapshot, pool, objects, parts, times, spread(objects, pool, times, parts));
                    best = best == null || pair.bytes() > best.bytes() ? pair : best;
                }
            }
            if (best != null) {
                found.add(best);
            }
        }
        found.sort(Comparator.comparingLong(CompanionTags::bytes).reversed());
        List<CompanionTags> distinct = new ArrayList<>();
        for (CompanionTags group : found) {
            if (distinct.stream().noneMatch(kept -> kept.all().containsAll(group.all()))) {
                distinct.add(group);
            }
        }
        return distinct;
    }

    private static List<List<TagUsage>> equalCounts(PoolSnapshot snapshot, PoolKind pool) {
        List<TagUsage> rows = new ArrayList<>();
        for (TagUsage row : snapshot.rows()) {
            if (row.use(pool) != null && row.use(pool).outstandingOrZero() >= FEWEST_BLOCKS) {
                rows.add(row);
            }
        }
        rows.sort(Comparator.comparingLong((TagUsage row) -> outstanding(row, pool)));
        List<List<TagUsage>> groups = new ArrayList<>();
        for (TagUsage row : rows) {
            List<TagUsage> last = groups.isEmpty() ? null : groups.getLast();
            if (last != null && deviation(outstanding(row, pool), outstanding(last.getFirst(), pool)) <= TOLERANCE) {
                last.add(row);
            } else {
                groups.add(new ArrayList<>(List.of(row)));
            }
        }
        return groups;
    }

    /** The whole number one count is of another, 2 to {@value #MOST_PARTS}; 0 when it is none. */
    private static int ratio(long objects, long parts) {
        long times = Math.round((double) parts / objects);
        return times >= 2 && times <= MOST_PARTS && deviation(parts, times * objects) <= TOLERANCE ? (int) times : 0;
    }

    private static double spread(List<TagUsage> objects, PoolKind pool, int times, List<TagUsage> parts) {
        long one = outstanding(objects.getFirst(), pool);
        double worst = 0;
        for (TagUsage row : objects) {
            worst = Math.max(worst, deviation(outstanding(row, pool), one));
        }
        for (TagUsage row : parts) {
            worst = Math.max(worst, deviation(outstanding(row, pool), times * one));
        }
        return worst;
    }

    private static double deviation(long count, long expected) {
        return Math.abs((double) count - expected) / expected;
    }

    private static long outstanding(TagUsage row, PoolKind pool) {
        return row.use(pool).outstandingOrZero();
    }
}
