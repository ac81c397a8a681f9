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
 * @param gauges one for each kind of memory: a pool at its fullest, committed memory as it was last, unless it ran short before
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

        private static final Comparator<Gauge> BY_USE = Comparator.comparing(Gauge::share, Comparator.nullsFirst(Comparator.naturalOrder()))
                .thenComparing(Gauge::usedBytes);
        /** What programs commit comes and goes, while a pool that leaks only grows: of a moment with trouble, else of the last. */
        private static final Comparator<Gauge> BY_TIME = Comparator.comparing(Gauge::high)
                .thenComparing(Gauge::taken, Comparator.nullsFirst(Comparator.naturalOrder())).thenComparing(BY_USE);

        private boolean isPool() {
            return what.endsWith("pool");
        }

        /** The one of two of the same kind that tells more; this, when they tell the same. */
        private Gauge or(Gauge other) {
            return (isPool() ? BY_USE : BY_TIME).compare(other, this) > 0 ? other : this;
        }
    }

    /** Above this share of the commit limit programs begin to fail. */
    private static final double COMMIT_HIGH = 0.95;

    public PoolGauges {
        gauges = List.copyOf(gauges);
    }

    static Optional<PoolGauges> of(Case subject) {
        Map<String, Gauge> telling = new LinkedHashMap<>();
        for (MemoryCounters totals : subject.facts(MemoryCounters.class)) {
            for (Gauge gauge : gauges(totals, subject)) {
                telling.merge(gauge.what(), gauge, Gauge::or);
            }
        }
        List<Gauge> gauges = new ArrayList<>(telling.values());
        gauges.sort(Comparator.comparing((Gauge gauge) -> gauge.isPool() ? 0 : 1)
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
