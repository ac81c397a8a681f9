package org.poolscope.diagnosis;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.poolscope.diagnosis.trend.Shape;
import org.poolscope.diagnosis.trend.Trend;
import org.poolscope.model.Counter;
import org.poolscope.model.CounterSeries;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagUsage;

/**
 * What every tag and both pools of one machine do over time, from all its samples: tables by tag, totals, counter logs. Series
 * are split
 * where the machine was started, for then everything begins anew.
 */
public final class PoolTrends {

    /** A stretch with fewer samples says less than a longer one before it. */
    static final int ENOUGH = 10;
    /** So clear a leak is no matter of chance or of the shape assumed. */
    private static final double VERY_SIGNIFICANT = 8;
    private static final double MUCH_BETTER = 2;
    /** With fewer samples a few caches and steps one after another look as steady as a leak. */
    private static final int PLENTY = 24;
    /** A machine has hundreds of tags, so among those that grow by less some do so by chance. */
    static final double WORTH_BYTES = 1 << 20;
    /** Leaks explain at least this share of what a pool grows by, or it is no leak that makes it grow. */
    private static final double SHARE_OF_LEAKS = 0.3;
    /** Tables that hold less of a pool do not tell what makes it grow. */
    private static final double SHARE_IN_TABLES = 0.5;
    /** What lasts longer is not foretold. */
    private static final double FORESEEN_HOURS = 24 * 365 * 20.0;

    private final List<TagTrend> rows;
    private final List<Boots> boots;
    private final int samples;

    private PoolTrends(List<TagTrend> rows, List<Boots> boots, int samples) {
        this.rows = List.copyOf(rows);
        this.boots = boots;
        this.samples = samples;
    }

    /**
     * The trends of a case.
     *
     * @param limits the pools' limits as far as the user knows them
     */
    public static PoolTrends of(Case subject, PoolLimits limits) {
        return new Making(subject, limits).make();
    }

    static PoolTrends of(Case subject) {
        return of(subject, PoolLimits.BY_EVIDENCE);
    }

    /** One row for each pool as a whole and each tag: the pools first, then leaks, then what grows fastest. */
    public List<TagTrend> rows() {
        return rows;
    }

    /** The row of a pool as a whole, when there are samples of it. */
    public Optional<TagTrend> total(PoolKind pool) {
        return rows.stream().filter(row -> row.isTotal() && row.pool() == pool).findFirst();
    }

    /**
     * When a pool runs out, as samples of a given time tell it. Samples of another time may be of another run of the machine, and room that
     * one run leaves is none of another's.
     */
    Optional<TagTrend.Exhaustion> exhaustion(PoolKind pool, LocalDateTime from, LocalDateTime to) {
        return total(pool).filter(row -> !row.to().isBefore(from) && !row.from().isAfter(to)).map(TagTrend::exhaustedAt);
    }

    /** The tags that leak, the fastest first. */
    public List<TagTrend> leaks() {
        return rows.stream().filter(row -> !row.isTotal() && row.trend().isLeak()).toList();
    }

    /** When the machine was started, as far as the evidence tells, oldest first. */
    public List<LocalDateTime> starts() {
        return boots.stream().map(Boots::at).toList();
    }

    List<Boots> boots() {
        return boots;
    }

    /** How many moments there are samples of. */
    public int samples() {
        return samples;
    }

    /** Whether growth is neither a matter of chance nor of the shape assumed. */
    static boolean isClear(Trend trend) {
        return trend.samples() >= PLENTY && trend.significance() >= VERY_SIGNIFICANT && trend.margin() >= MUCH_BETTER;
    }

    static LocalDateTime time(long millis) {
        return LocalDateTime.ofEpochSecond(Math.floorDiv(millis, 1000L), 0, ZoneOffset.UTC);
    }

    /** The samples of one figure, and where they stand. */
    private record Series(long[] times, double[] values, List<Provenance> seenAt) {
    }

    private static final class Making {
        private final Case subject;
        private final PoolLimits limits;
        private final List<PoolSnapshot> snapshots;
        private final List<Boots> boots;
        private final OwnerBook owners;
        private final long[] starts;
        private int samples;

        private Making(Case subject, PoolLimits limits) {
            this.subject = subject;
            this.limits = limits;
            this.snapshots = mainSeries(PoolBooks.dated(subject));
            this.boots = Boots.of(subject);
            this.owners = subject.once(OwnerBook.class, OwnerBook::of);
            this.starts = boots.stream().mapToLong(boot -> CounterSeries.millis(boot.at())).toArray();
        }

        /**
         * Tables of one kind: PoolMon's and a dump's count alike, but rounded and cut listings of another kind would look like
         * changes.
         */
        private static List<PoolSnapshot> mainSeries(List<PoolSnapshot> dated) {
            Map<String, Integer> kinds = new HashMap<>();
            dated.forEach(snapshot -> kinds.merge(snapshot.source(), 1, Integer::sum));
            String most = kinds.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse("");
            return dated.stream().filter(snapshot -> snapshot.source().equals(most) || snapshot.complete()).toList();
        }

        private PoolTrends make() {
            long[] times = snapshots.stream().mapToLong(snapshot -> CounterSeries.millis(snapshot.taken())).toArray();
            samples = times.length;
            List<TagTrend> rows = new ArrayList<>();
            for (PoolKind pool : PoolKind.values()) {
                Optional<TagTrend> total = total(pool, times);
                List<TagTrend> tags = tags(pool, times, total.orElse(null));
                total.map(whole -> inTheLightOf(tags, whole)).ifPresent(rows::add);
                rows.addAll(tags);
            }
            rows.sort(Comparator.comparing((TagTrend row) -> !row.isTotal()).thenComparing(row -> !row.trend().isLeak())
                    .thenComparing(row -> -(Double.isNaN(row.trend().perHour()) ? Double.NEGATIVE_INFINITY
                            : row.trend().perHour())));
            return new PoolTrends(rows, boots, samples);
        }

        private Optional<TagTrend> total(PoolKind pool, long[] tableTimes) {
            Series series = totals(pool, tableTimes);
            samples = Math.max(samples, series.times.length);
            if (series.times.length < 2) {
                return Optional.empty();
            }
            Stretch stretch = stretch(series);
            TagTrend.Exhaustion exhaustion = exhaustion(stretch.trend, stretch.trend.end(), pool, stretch.to(series));
            return Optional.of(new TagTrend(null, pool, null, stretch.trend, time(stretch.from(series)), time(stretch.to(series)),
                    boot(stretch),
                    stretch.otherLeaks, null, confidence(stretch.trend), exhaustion, List.of(), series.seenAt));
        }

        /** A pool whose tags are known and do not leak does not leak: caches that fill and steps add up to steady growth. */
        private static TagTrend inTheLightOf(List<TagTrend> tags, TagTrend total) {
            double held = tags.stream().mapToDouble(tag -> tag.trend().end()).sum();
            double leaking = tags.stream().filter(tag -> tag.trend().isLeak()).mapToDouble(tag -> tag.trend().perHour()).sum();
            if (!total.trend().isLeak() || held < SHARE_IN_TABLES * total.trend().end()
                    || leaking >= SHARE_OF_LEAKS * total.trend().perHour()) {
                return total;
            }
            return new TagTrend(null, total.pool(), null, total.trend().thatRests(), total.from(), total.to(), total.boot(), total.otherLeaks(),
                    null, Confidence.low("the pool grew, but the tags that make it up come to rest or follow the day"), null, List.of(),
                    total.seenAt());
        }

        /**
         * The pool as a whole: from the counter log or PoolMon's head, whichever has more samples; else the sum of whole
         * tables.
         */
        private Series totals(PoolKind pool, long[] tableTimes) {
            Series best = new Series(new long[0], new double[0], List.of());
            for (CounterSeries series : subject.facts(CounterSeries.class)) {
                if (series.counter() == Counter.bytesOf(pool) && series.instance() == null && series.size() > best.times.length) {
                    best = new Series(series.times(), series.values(), List.of(series.seenAt()));
                }
            }
            List<MemoryCounters> dated = subject.facts(MemoryCounters.class).stream()
                    .filter(totals -> totals.taken() != null
                            && totals.usedBytes(pool) != null).sorted(Comparator.comparing(MemoryCounters::taken))
                    .toList();
            if (dated.size() > best.times.length) {
                best = new Series(dated.stream().mapToLong(totals -> CounterSeries.millis(totals.taken())).toArray(),
                        dated.stream().mapToDouble(totals -> totals.usedBytes(pool)).toArray(),
                        List.of(dated.getFirst().seenAt(), dated.getLast().seenAt()));
            }
            if (best.times.length < 2 && snapshots.stream().allMatch(PoolSnapshot::complete)) {
                best = new Series(tableTimes, snapshots.stream().mapToDouble(snapshot -> snapshot.totalBytes(pool)).toArray(),
                        snapshots.stream().map(PoolSnapshot::seenAt).limit(1).toList());
            }
            return best;
        }

        private List<TagTrend> tags(PoolKind pool, long[] times, TagTrend total) {
            if (times.length < 2) {
                return List.of();
            }
            Map<PoolTag, double[]> bytes = new HashMap<>();
            for (int i = 0; i < times.length; i++) {
                PoolSnapshot snapshot = snapshots.get(i);
                for (TagUsage row : snapshot.rows()) {
                    PoolUse use = row.use(pool);
                    if (use != null && use.bytes() != null) {
                        bytes.computeIfAbsent(row.tag(), unused -> unknown(times.length))[i] = use.bytes();
                    }
                }
            }
            List<TagTrend> rows = new ArrayList<>();
            Map<Stretch, List<CompanionTags>> companions = new HashMap<>();
            bytes.forEach((tag, values) -> {
                for (int i = 0; i < values.length; i++) {
                    // A tag that is not in a whole table holds nothing.
                    values[i] = Double.isNaN(values[i]) && snapshots.get(i).complete() ? 0 : values[i];
                }
                Series series = new Series(times, values, List.of());
                Stretch stretch = stretch(series);
                if (stretch.trend.samples() >= 2 && (stretch.trend.end() != 0 || stretch.trend.growth() != 0)) {
                    rows.add(row(tag, pool, series, stretch, total, companions));
                }
            });
            return rows;
        }

        private static double[] unknown(int length) {
            double[] values = new double[length];
            Arrays.fill(values, Double.NaN);
            return values;
        }

        private TagTrend row(PoolTag tag, PoolKind pool, Series series, Stretch stretch, TagTrend total,
                Map<Stretch, List<CompanionTags>> companions) {
            Trend trend = stretch.trend;
            boolean grows = trend.isLeak() || trend.shape() == Shape.GROWS;
            Double share = total == null || !grows || total.trend().perHour() <= 0 ? null
                    : trend.perHour() / total.trend().perHour();
            TagTrend.Exhaustion exhaustion = total == null || !trend.isLeak() ? null
                    : exhaustion(trend, total.trend().end(), pool, CounterSeries.millis(total.to()));
            List<PoolTag> together = List.of();
            if (trend.isLeak()) {
                together = companions.computeIfAbsent(stretch.place(), unused -> CompanionTags.find(growth(stretch, pool),
                        pool)).stream()
                        .filter(group -> group.all().stream().anyMatch(row -> row.tag().equals(tag))).findFirst()
                        .map(group -> group.all().stream().map(TagUsage::tag).filter(other -> !other.equals(tag)).toList())
                                .orElse(List.of());
            }
            String driver = owners.listed(tag).or(() -> owners.covered(tag)).filter(owner -> !owner.shared())
                    .map(OwnerBook.Owner::driver)
                    .orElse(null);
            return new TagTrend(tag, pool, driver, trend, time(stretch.from(series)), time(stretch.to(series)), boot(stretch),
                    stretch.otherLeaks,
                    share, confidence(trend), exhaustion, together, grows ? seen(tag, stretch) : List.of());
        }

        /** How many blocks of each tag there are more at the end of a stretch than at its beginning, as a table. */
        private PoolSnapshot growth(Stretch stretch, PoolKind pool) {
            PoolSnapshot first = snapshots.get(stretch.first);
            PoolSnapshot last = snapshots.get(stretch.end - 1);
            Map<PoolTag, PoolUse> before = new HashMap<>();
            first.rows().forEach(row -> before.put(row.tag(), row.use(pool)));
            List<TagUsage> more = new ArrayList<>();
            for (TagUsage row : last.rows()) {
                PoolUse now = row.use(pool);
                PoolUse then = before.getOrDefault(row.tag(), first.complete() ? PoolUse.NONE : null);
                if (now != null && then != null && now.outstandingOrZero() > then.outstandingOrZero()) {
                    PoolUse grown = PoolUse.outstanding(now.outstandingOrZero() - then.outstandingOrZero(), now.bytesOrZero()
                            - then.bytesOrZero());
                    more.add(pool == PoolKind.PAGED ? new TagUsage(row.tag(), null, grown) : new TagUsage(row.tag(), grown,
                            null));
                }
            }
            return new PoolSnapshot(last.seenAt(), last.source(), last.taken(), last.complete(), more);
        }

        private List<Provenance> seen(PoolTag tag, Stretch stretch) {
            List<Provenance> seen = new ArrayList<>();
            for (int i : new int[] {stretch.first, stretch.end - 1}) {
                snapshots.get(i).rows().stream().filter(row -> row.tag().equals(tag)).findFirst()
                        .ifPresent(row -> seen.add(row.seenAt() == null ? snapshots.get(i).seenAt() : row.seenAt()));
            }
            return seen;
        }

        /** The stretches between starts, and of them the one that says most: a leak, else the longest. */
        private Stretch stretch(Series series) {
            long[] times = series.times;
            Stretch best = null;
            int leaks = 0;
            int samplesLeaking = 0;
            int samplesJudged = 0;
            int from = 0;
            int boot = -1;
            while (from < times.length) {
                while (boot + 1 < starts.length && starts[boot + 1] <= times[from]) {
                    boot++;
                }
                int to = from;
                while (to < times.length && (boot + 1 >= starts.length || times[to] < starts[boot + 1])) {
                    to++;
                }
                Stretch stretch = new Stretch(Trend.of(times, series.values, from, to), from, to, boot, 0);
                leaks += stretch.trend.isLeak() ? 1 : 0;
                samplesLeaking += stretch.trend.isLeak() ? stretch.trend.samples() : 0;
                samplesJudged += stretch.trend.samples() >= ENOUGH ? stretch.trend.samples() : 0;
                best = best == null || stretch.saysMoreThan(best) ? stretch : best;
                from = to;
            }
            // What shows in the smaller part of the time is one run's own story; a driver that leaks does so after every start.
            if (best.trend.isLeak() && samplesLeaking * 2 < samplesJudged) {
                return new Stretch(best.trend.thatRests(), best.first, best.end, best.boot, 0);
            }
            return new Stretch(best.trend, best.first, best.end, best.boot, Math.max(0, leaks - (best.trend.isLeak() ? 1 : 0)));
        }

        private LocalDateTime boot(Stretch stretch) {
            return stretch.boot < 0 ? null : boots.get(stretch.boot).at();
        }

        private TagTrend.Exhaustion exhaustion(Trend trend, double level, PoolKind pool, long now) {
            if (trend.perHour() <= 0 || Double.isNaN(trend.perHour()) || !(trend.isLeak() || trend.shape() == Shape.GROWS)) {
                return null;
            }
            boolean ended = boots.stream().anyMatch(boot -> CounterSeries.millis(boot.at()) > now);
            PoolLimits.Limit limit = limits.of(pool, subject.facts(MemoryCounters.class)).orElse(null);
            // A start empties the pools; and a pace without a range gives no range of dates.
            if (ended || Double.isNaN(trend.perHourLow()) || limit == null || (limit.bytes() - level) / trend.perHour() > FORESEEN_HOURS) {
                return null;
            }
            double left = Math.max(0, limit.bytes() - level);
            double slowest = left / trend.perHourLow();
            return new TagTrend.Exhaustion(after(now, left / Math.max(trend.perHour(), trend.perHourHigh())), after(now,
                    left / trend.perHour()),
                    trend.perHourLow() <= 0 || slowest > FORESEEN_HOURS ? null : after(now, slowest), limit);
        }

        private static LocalDateTime after(long now, double hours) {
            return time(now).plus(Duration.ofSeconds(Math.round(hours * 3600)));
        }

        private static Confidence confidence(Trend trend) {
            String count = trend.samples() + " samples";
            return switch (trend.shape()) {
                case LEAK -> trend.growth() < WORTH_BYTES
                        ? Confidence.low("it grew by " + Quantity.bytes(Math.round(trend.growth())) + " only: among many tags some do by chance")
                        : isClear(trend)
                        ? Confidence.high("in " + count
                                + " it grows steadily, and nothing that comes to rest explains them as well")
                        : Confidence.medium("in " + count + (trend.samples() < PLENTY ? " it grows beyond its noise; a day of hourly ones would tell more"
                                : " it grows beyond its noise, but growth that comes to rest explains them nearly as well"));
                case GROWS -> trend.samples() < ENOUGH ? Confidence.low("only " + count
                        + ": the growth may be a step, or a cache that fills")
                        : Confidence.low("it grew, but what comes to rest, or the time of day, explains the " + count
                                + " as well");
                case TOO_FEW -> Confidence.low("only " + count);
                default -> trend.samples() >= 2 * ENOUGH ? Confidence.high(count) : Confidence.medium("only " + count);
            };
        }
    }

    /** Samples between two starts of the machine. */
    private record Stretch(Trend trend, int first, int end, int boot, int otherLeaks) {

        private boolean saysMoreThan(Stretch other) {
            if (trend.isLeak() != other.trend.isLeak()) {
                return trend.isLeak();
            }
            return trend.samples() >= Math.min(ENOUGH, other.trend.samples()) && trend.samples() >= other.trend.samples();
        }

        /** The same stretch, whatever the figure. */
        private Stretch place() {
            return new Stretch(null, first, end, boot, 0);
        }

        private long from(Series series) {
            return series.times[first];
        }

        private long to(Series series) {
            return series.times[end - 1];
        }
    }
}
