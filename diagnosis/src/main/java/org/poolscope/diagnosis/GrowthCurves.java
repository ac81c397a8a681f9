package org.poolscope.diagnosis;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.poolscope.diagnosis.trend.Shape;
import org.poolscope.diagnosis.trend.Trend;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.TagUsage;

/**
 * How tags grew from table to table.
 *
 * @param charts one for each pool and row of tables in which something moved
 */
public record GrowthCurves(List<Chart> charts) implements Exhibit {

    private static final int MOST_LINES = 6;
    /** Points drawn of one row of tables; of more, every n-th is taken, and the last. */
    private static final int MOST_POINTS = 400;
    /** What moves less than this is the breath of a healthy machine. */
    private static final long MOVED = 64 << 10;

    /**
     * One pool in one row of tables.
     *
     * @param pool the pool
     * @param source the kind of tables
     * @param times when they were taken, oldest first
     * @param limitBytes the most the pool may grow to; {@code null} when the evidence does not say
     * @param totalBytes the sum of each table
     * @param exhaustedAt when the pool runs out at this pace; {@code null} where that cannot be told
     * @param lines the tags that moved most
     */
    public record Chart(PoolKind pool, String source, List<LocalDateTime> times, Long limitBytes, List<Long> totalBytes,
            TagTrend.Exhaustion exhaustedAt, List<Line> lines) {

        public Chart {
            times = List.copyOf(times);
            totalBytes = List.copyOf(totalBytes);
            lines = List.copyOf(lines);
        }
    }

    /**
     * One tag.
     *
     * @param tag the tag
     * @param bytes bytes outstanding in each table; {@code null} where a table does not have the tag
     * @param accused whether a finding accuses the tag
     * @param forecast what becomes of it if it goes on so; {@code null} where that cannot be said
     */
    public record Line(PoolTag tag, List<Long> bytes, boolean accused, Forecast forecast) {

        private long moved() {
            List<Long> known = bytes.stream().filter(Objects::nonNull).toList();
            return known.isEmpty() ? 0 : Math.abs(known.getLast() - known.getFirst());
        }
    }

    /**
     * What becomes of a tag that grows, if it goes on so.
     *
     * @param shape what its samples show so far
     * @param bytesPerHour how fast it grows
     * @param lowBytesPerHour the lower end of the 95% confidence interval of that; {@code null} when not known
     * @param highBytesPerHour the upper end; {@code null} when not known
     */
    public record Forecast(String shape, double bytesPerHour, Double lowBytesPerHour, Double highBytesPerHour) {
    }

    public GrowthCurves {
        charts = List.copyOf(charts);
    }

    static Optional<GrowthCurves> of(Verdict verdict) {
        PoolBooks books = verdict.subject().once(PoolBooks.class, PoolBooks::of);
        Set<PoolTag> accused = verdict.findings().stream().filter(finding -> finding.severity().isProblem())
                .flatMap(finding -> finding.tags().stream()).collect(Collectors.toSet());
        PoolTrends trends = verdict.subject().once(PoolTrends.class, PoolTrends::of);
        List<Chart> charts = new ArrayList<>();
        for (List<PoolSnapshot> series : books.series()) {
            for (PoolKind pool : PoolKind.values()) {
                chart(thinned(series), pool, books, trends, accused).ifPresent(charts::add);
            }
        }
        charts.sort(Comparator.comparing((Chart chart) -> chart.lines().stream().noneMatch(Line::accused)));
        return charts.isEmpty() ? Optional.empty() : Optional.of(new GrowthCurves(charts));
    }

    private static List<PoolSnapshot> thinned(List<PoolSnapshot> series) {
        int step = (series.size() + MOST_POINTS - 1) / MOST_POINTS;
        List<PoolSnapshot> thin = new ArrayList<>();
        for (int i = 0; i < series.size() - 1; i += step) {
            thin.add(series.get(i));
        }
        thin.add(series.getLast());
        return thin;
    }

    private static Optional<Chart> chart(List<PoolSnapshot> series, PoolKind pool, PoolBooks books, PoolTrends trends,
            Set<PoolTag> accused) {
        Map<PoolTag, Long[]> bytes = new HashMap<>();
        for (int i = 0; i < series.size(); i++) {
            for (TagUsage row : series.get(i).rows()) {
                if (row.use(pool) != null && row.use(pool).bytes() != null) {
                    bytes.computeIfAbsent(row.tag(), any -> new Long[series.size()])[i] = row.use(pool).bytes();
                }
            }
        }
        List<Line> lines = bytes.entrySet().stream()
                .map(entry -> new Line(entry.getKey(), Arrays.asList(entry.getValue()), accused.contains(entry.getKey()), null))
                .filter(line -> line.moved() >= MOVED)
                .sorted(Comparator.comparingLong(Line::moved).reversed().thenComparing(Line::tag)).limit(MOST_LINES).toList();
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        Long limit = books.worst(pool).map(totals -> totals.maximumBytes(pool)).orElse(null);
        List<LocalDateTime> times = series.stream().map(PoolSnapshot::taken).toList();
        return Optional.of(new Chart(pool, series.getFirst().source(), times, limit,
                series.stream().map(snapshot -> snapshot.totalBytes(pool)).toList(),
                trends.exhaustion(pool, times.getFirst(), times.getLast()).orElse(null),
                lines.stream().map(line -> new Line(line.tag(), line.bytes(), line.accused(), forecast(line, times, trends.boots()))).toList()));
    }

    /** By what was seen since the last start of the machine; when it was started again after that, nothing goes on. */
    private static Forecast forecast(Line line, List<LocalDateTime> times, List<Boots> boots) {
        if (boots.stream().anyMatch(boot -> boot.at().isAfter(times.getLast()))) {
            return null;
        }
        LocalDateTime start = boots.isEmpty() ? LocalDateTime.MIN : boots.getLast().at();
        int first = (int) times.stream().filter(time -> time.isBefore(start)).count();
        long[] at = times.stream().mapToLong(time -> time.toInstant(ZoneOffset.UTC).toEpochMilli()).toArray();
        double[] values = line.bytes().stream().mapToDouble(bytes -> bytes == null ? Double.NaN : bytes).toArray();
        Trend trend = Trend.of(at, values, first, at.length);
        boolean grows = trend.shape() == Shape.LEAK || trend.shape() == Shape.GROWS || trend.shape() == Shape.TOO_FEW;
        if (!grows || !(trend.perHour() > 0)) {
            return null;
        }
        return new Forecast(trend.shape().word(), trend.perHour(), known(trend.perHourLow()), known(trend.perHourHigh()));
    }

    private static Double known(double figure) {
        return Double.isFinite(figure) ? Double.valueOf(figure) : null;
    }
}
