package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.List;
import org.poolscope.logs.EventLog;
import org.poolscope.logs.KnownEvent;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;

/** When no rule found anything wrong: says so, what was looked at, and what the evidence cannot show. */
final class NothingFoundRule implements Rule {

    static final String ID = "no-leak-seen";

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        if (earlier.stream().anyMatch(finding -> finding.severity().isProblem())) {
            return List.of();
        }
        PoolBooks books = subject.once(PoolBooks.class, PoolBooks::of);
        List<String> looked = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        List<Provenance> seen = new ArrayList<>();
        for (PoolKind pool : PoolKind.values()) {
            books.worst(pool).ifPresentOrElse(totals -> {
                looked.add(figures(totals, pool));
                seen.add(totals.seenAt());
            }, () -> missing.add("how full " + pool.word() + " pool is (!vm 1)"));
        }
        if (books.snapshots().isEmpty()) {
            missing.add("pool use by tag (!poolused, poolmon, or a kernel dump)");
        }
        for (PoolSnapshot snapshot : books.snapshots()) {
            looked.add(Quantity.count(snapshot.rows().size(), "tag", "tags") + " (" + snapshot.source() + ")");
            seen.add(snapshot.seenAt());
        }
        for (EventLog log : subject.facts(EventLog.class)) {
            looked.add(figures(log));
            seen.add(log.seenAt());
        }
        boolean blind = books.snapshots().isEmpty() && books.counters().isEmpty();
        String title = blind ? "No leak seen, but the evidence does not show the pools at all" : "No leak seen";
        String explanation = (looked.isEmpty() ? "" : "Looked at: " + String.join("; ", looked) + ". ")
                + (missing.isEmpty() ? "" : "Not in the evidence: " + String.join("; ", missing) + ". ");
        Confidence confidence = blind ? Confidence.low("there are no totals and no table by tag")
                : !missing.isEmpty() ? Confidence.low("part of the picture is missing")
                : books.series().isEmpty() ? Confidence.medium("one moment shows what is held, not what grows: a slow leak may be too small to see yet")
                : Confidence.high("tables of several moments show no tag that only grows");
        return List.of(Finding.of(this, Severity.NOTE, confidence, title)
                .clause(blind ? "No leak seen, but the evidence does not show the pools" : "No leak seen")
                .explanation(explanation.strip())
                .evidence(seen)
                .next("To see slow growth, take snapshots for a day and diagnose them together with this evidence.", "poolmon -n poolsnap.log")
                .build());
    }

    private static String figures(EventLog log) {
        String time = log.from() == null || log.to() == null ? "" : " from " + log.from().toLocalDate() + " to " + log.to().toLocalDate();
        return Quantity.count(log.records(), "record", "records") + " of an event log" + time + " ("
                + Quantity.count(log.count(KnownEvent.Kind.CRASH), "crash", "crashes") + ", "
                + Quantity.count(log.count(KnownEvent.Kind.DRIVER_INSTALLED), "driver, service or update installed",
                        "drivers, services or updates installed") + ", no pool that ran empty)";
    }

    private static String figures(MemoryCounters totals, PoolKind pool) {
        Double share = totals.usedShare(pool);
        return pool.word() + " pool " + Quantity.bytes(totals.usedBytes(pool))
                + (share == null ? "" : " of " + Quantity.bytes(totals.maximumBytes(pool)) + " (" + Quantity.percent(share) + ")");
    }
}
