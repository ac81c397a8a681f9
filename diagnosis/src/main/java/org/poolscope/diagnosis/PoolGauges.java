package org.poolscope.diagnosis;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Provenance;

/**
 * Use of the pools, and of committed memory, against their limits.
 *
 * @param gauges one for each kind of memory, at its fullest
 */
public record PoolGauges(List<Gauge> gauges) implements Exhibit {

    /**
     * One kind of memory at one moment.
     *
     * @param what {@code paged pool}, {@code nonpaged pool}, {@code committed memory}
     * @param usedBytes bytes in use
     * @param limitBytes the most it may grow to; {@code null} when the evidence does not say
     * @param share use as a share of the limit; {@code null} without a limit
     * @param high whether that is a problem by itself
     * @param source the kind of evidence
     * @param taken when; {@code null} when the evidence does not say
     * @param seenAt where it stands
     */
    public record Gauge(String what, long usedBytes, Long limitBytes, Double share, boolean high, String source, LocalDateTime taken,
            Provenance seenAt) {
    }

    /** Above this share of the commit limit programs begin to fail. */
    private static final double COMMIT_HIGH = 0.95;

    public PoolGauges {
        gauges = List.copyOf(gauges);
    }

    static Optional<PoolGauges> of(Case subject) {
        Map<String, Gauge> fullest = new LinkedHashMap<>();
        Comparator<Gauge> byUse = Comparator.comparing(Gauge::share, Comparator.nullsFirst(Comparator.naturalOrder()))
                .thenComparing(Gauge::usedBytes);
        for (MemoryCounters totals : subject.facts(MemoryCounters.class)) {
            for (Gauge gauge : gauges(totals, subject)) {
                fullest.merge(gauge.what(), gauge, (left, right) -> byUse.compare(right, left) > 0 ? right : left);
            }
        }
        List<Gauge> gauges = new ArrayList<>(fullest.values());
        gauges.sort(Comparator.comparing((Gauge gauge) -> gauge.what().endsWith("pool") ? 0 : 1)
                .thenComparing(Gauge::share, Comparator.nullsLast(Comparator.reverseOrder())));
        return gauges.isEmpty() ? Optional.empty() : Optional.of(new PoolGauges(gauges));
    }

    private static List<Gauge> gauges(MemoryCounters totals, Case subject) {
        List<Gauge> gauges = new ArrayList<>();
        for (PoolKind pool : PoolKind.values()) {
            if (totals.usedBytes(pool) != null) {
                Double share = totals.usedShare(pool);
                PoolPressure pressure = PoolPressure.of(subject, pool);
                boolean high = share != null && share >= PoolPressure.NEAR_SHARE
                        || pressure.isHigh() && pressure.counters().filter(totals::equals).isPresent();
                gauges.add(new Gauge(pool.word() + " pool", totals.usedBytes(pool), totals.maximumBytes(pool), share, high,
                        totals.source(), totals.taken(), totals.seenAt()));
            }
        }
        if (totals.committedBytes() != null) {
            Long limit = totals.commitLimitBytes();
            Double share = limit == null || limit <= 0 ? null : (double) totals.committedBytes() / limit;
            gauges.add(new Gauge("committed memory", totals.committedBytes(), limit, share, share != null && share >= COMMIT_HIGH,
                    totals.source(), totals.taken(), totals.seenAt()));
        }
        return gauges;
    }
}
