package org.poolscope.diagnosis;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.TagUsage;

/** What the evidence of a case says of the pools in figures: totals, limits, and the tables by tag. */
final class PoolBooks {

    private static final Comparator<LocalDateTime> UNDATED_LAST = Comparator.nullsLast(Comparator.naturalOrder());

    /** Fewer tables are looked at one by one. */
    private static final int LONG_SERIES = 4;

    private final List<MemoryCounters> counters;
    private final List<PoolSnapshot> snapshots;
    private List<List<PoolSnapshot>> series;

    private PoolBooks(List<MemoryCounters> counters, List<PoolSnapshot> snapshots) {
        this.counters = counters;
        this.snapshots = snapshots;
    }

    static PoolBooks of(Case subject) {
        return new PoolBooks(subject.facts(MemoryCounters.class), subject.facts(PoolSnapshot.class));
    }

    List<MemoryCounters> counters() {
        return counters;
    }

    List<PoolSnapshot> snapshots() {
        return snapshots;
    }

    /**
     * The tables of all tags of the machine that say when they were taken, oldest first, one for each moment; tables of session pool, which
     * is a pool of its own, are left out.
     */
    static List<PoolSnapshot> dated(Case subject) {
        List<PoolSnapshot> dated = new ArrayList<>();
        subject.facts(PoolSnapshot.class).stream().filter(snapshot -> snapshot.taken() != null && !snapshot.source().contains("session"))
                .sorted(Comparator.comparing(PoolSnapshot::taken).thenComparing(snapshot -> -snapshot.rows().size()))
                .forEach(snapshot -> {
                    if (dated.isEmpty() || dated.getLast().taken().isBefore(snapshot.taken())) {
                        dated.add(snapshot);
                    }
                });
        return dated;
    }

    /**
     * The tables that say most of one pool: all of them, but of a long series of one kind only the one with the most in the pool. What the
     * others add is the pace, and trends tell that.
     */
    List<PoolSnapshot> telling(PoolKind pool) {
        Map<String, List<PoolSnapshot>> series = new LinkedHashMap<>();
        snapshots.stream().filter(snapshot -> snapshot.taken() != null)
                .forEach(snapshot -> series.computeIfAbsent(snapshot.source(), unused -> new ArrayList<>()).add(snapshot));
        series.values().removeIf(kind -> kind.size() < LONG_SERIES);
        Set<PoolSnapshot> silent = Collections.newSetFromMap(new IdentityHashMap<>());
        series.values().forEach(kind -> {
            silent.addAll(kind);
            silent.remove(kind.stream().max(Comparator.comparingLong(snapshot -> snapshot.totalBytes(pool))).orElseThrow());
        });
        return snapshots.stream().filter(snapshot -> !silent.contains(snapshot)).toList();
    }

    /** The totals under which a pool stands closest to its limit; without any limit, those that show the most use. */
    Optional<MemoryCounters> worst(PoolKind pool) {
        Comparator<MemoryCounters> byShare = Comparator.comparing(total -> total.usedShare(pool),
                Comparator.nullsFirst(Comparator.naturalOrder()));
        Comparator<MemoryCounters> byUse = Comparator.comparing(total -> total.usedBytes(pool),
                Comparator.nullsFirst(Comparator.naturalOrder()));
        return counters.stream().filter(total -> total.usedBytes(pool) != null).max(byShare.thenComparing(byUse));
    }

    /**
     * What a tag's share is a share of: the pool in use by the totals in the same evidence file, else the worst totals, else the sum
     * of the table; never less than that sum, since a table may be of another moment.
     */
    long poolBytes(PoolSnapshot snapshot, PoolKind pool) {
        long sum = snapshot.totalBytes(pool);
        return counters.stream()
                .filter(total -> total.seenAt().file().equals(snapshot.seenAt().file()) && total.usedBytes(pool) != null)
                .findFirst().or(() -> worst(pool))
                .map(total -> Math.max(sum, total.usedBytes(pool)))
                .orElse(sum);
    }

    /** Tables of the same kind and the same tags taken one after another, oldest first; only those that say when. */
    List<List<PoolSnapshot>> series() {
        if (series == null) {
            series = List.copyOf(makeSeries());
        }
        return series;
    }

    private List<List<PoolSnapshot>> makeSeries() {
        List<List<PoolSnapshot>> all = new ArrayList<>();
        List<PoolSnapshot> dated = snapshots.stream().filter(snapshot -> snapshot.taken() != null)
                .sorted(Comparator.comparing(PoolSnapshot::taken, UNDATED_LAST)).toList();
        for (PoolSnapshot snapshot : dated) {
            all.stream().filter(series -> series.getLast().source().equals(snapshot.source())
                            && series.getLast().taken().isBefore(snapshot.taken())
                            && overlap(series.getLast(), snapshot) >= 0.5)
                    .findFirst().ifPresentOrElse(series -> series.add(snapshot), () -> all.add(new ArrayList<>(List.of(snapshot))));
        }
        all.removeIf(series -> series.size() < 2);
        return all;
    }

    private static double overlap(PoolSnapshot left, PoolSnapshot right) {
        Set<PoolTag> tags = new HashSet<>();
        left.rows().stream().map(TagUsage::tag).forEach(tags::add);
        long shared = right.rows().stream().filter(row -> tags.contains(row.tag())).count();
        return (double) shared / Math.max(1, Math.min(left.rows().size(), right.rows().size()));
    }
}
