package org.poolscope.fleet;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.poolscope.diagnosis.trend.Shape;
import org.poolscope.diagnosis.trend.Trend;

/** When the pools of a fleet's machines run out, at the pace since each machine's last boot. */
public final class FleetForecast {

    private static final double HOURS_OF_TEN_YEARS = 87_660;
    private static final double MILLIS = 3_600_000;
    /** What {@code fleet leaks} leaves out unless it is asked for more. */
    private static final long LEAST_GROWTH = 1 << 20;

    private record PoolOf(String machine, String pool) {
    }

    private record Growth(String tag, long bytes) {
    }

    private final FleetEngine engine;
    private final Map<String, Long> limits;
    private final Map<PoolOf, Growth> leaders = new HashMap<>();
    private final List<PoolForecast> forecasts = new ArrayList<>();
    private Boots boots;
    private PoolOf current;
    private Long maximum;
    private long[] times = new long[1024];
    private double[] values = new double[1024];
    private int count;

    private FleetForecast(FleetEngine engine, Map<String, Long> limits) {
        this.engine = engine;
        this.limits = Map.copyOf(limits);
    }

    /**
     * Looks ahead.
     *
     * @param limits limits in bytes for {@code paged} and {@code nonpaged}, used where the evidence gives none
     * @return a forecast for each machine and pool, the one that is full first first; those that never are, last
     */
    public static List<PoolForecast> of(FleetEngine engine, Map<String, Long> limits) throws FleetException {
        FleetForecast forecast = new FleetForecast(engine, limits);
        forecast.run();
        forecast.forecasts.sort(Comparator.comparing(PoolForecast::earliest, Comparator.nullsLast(Comparator.naturalOrder()))
                .thenComparing(Comparator.comparingDouble(PoolForecast::bytesPerHour).reversed()).thenComparing(PoolForecast::machine)
                .thenComparing(PoolForecast::pool));
        return forecast.forecasts;
    }

    private void run() throws FleetException {
        String totals = engine.view(FleetTable.TOTALS, null);
        boots = Boots.find(engine, totals);
        findLeaders();
        // The memory manager's own totals know what no tag tells; where there are none, the sum over the tags serves.
        engine.ask("SELECT t.machine, t.pool, t.hours, t.bytes, t.maximum FROM " + totals + " t JOIN (SELECT machine, pool,"
                + " min(source) AS source FROM " + totals + " GROUP BY machine, pool) best"
                + " ON t.machine = best.machine AND t.pool = best.pool AND t.source = best.source WHERE t.bytes IS NOT NULL"
                + " ORDER BY t.machine, t.pool, t.hours", this::sample);
        end();
        confirm();
    }

    /** A pool whose tags are known and do not leak does not leak either: caches that fill and steps add up to steady growth. */
    private void confirm() throws FleetException {
        List<String> suspects = forecasts.stream().filter(forecast -> forecast.shape().equals(Shape.LEAK.word()))
                .map(PoolForecast::machine).filter(machine -> leaders.containsKey(new PoolOf(machine, "paged"))
                        || leaders.containsKey(new PoolOf(machine, "nonpaged"))).distinct().toList();
        if (suspects.isEmpty()) {
            return;
        }
        Set<PoolOf> leaking = new HashSet<>();
        for (FleetLeak leak : FleetLeaks.find(engine, LEAST_GROWTH, suspects)) {
            leaking.add(new PoolOf(leak.key().machine(), leak.key().pool()));
        }
        forecasts.replaceAll(forecast -> forecast.shape().equals(Shape.LEAK.word()) && suspects.contains(forecast.machine())
                && !leaking.contains(new PoolOf(forecast.machine(), forecast.pool())) ? forecast.thatRests() : forecast);
    }

    /** The tag that grew most from the first sample after the last boot to the last sample. */
    private void findLeaders() throws FleetException {
        List<List<String>> ends = new ArrayList<>();
        for (String machine : boots.machines()) {
            Boots.Run last = boots.runs(machine).getLast();
            ends.add(List.of(machine, Double.toString(last.from()), Double.toString(last.to())));
        }
        if (ends.isEmpty()) {
            return;
        }
        String given = engine.view(List.of("machine", "run_from", "run_to"), ends);
        engine.ask("SELECT machine, pool, tag, growth FROM (SELECT s.machine AS machine, s.pool AS pool, s.tag AS tag,"
                + " sum(CASE WHEN s.hours = CAST(r.run_to AS DOUBLE) THEN s.bytes ELSE -s.bytes END) AS growth FROM "
                + engine.view(FleetTable.SAMPLES, null) + " s JOIN " + given + " r ON s.machine = r.machine"
                + " WHERE (s.hours = CAST(r.run_from AS DOUBLE) OR s.hours = CAST(r.run_to AS DOUBLE)) AND r.run_from <> r.run_to"
                + " GROUP BY s.machine, s.pool, s.tag) g WHERE growth > 0 ORDER BY machine, pool, growth DESC, tag",
                row -> leaders.putIfAbsent(new PoolOf(row.text(0), row.text(1)), new Growth(row.text(2), row.number(3))));
    }

    private void sample(FleetEngine.Row row) throws FleetException {
        PoolOf of = new PoolOf(row.text(0), row.text(1));
        if (!of.equals(current)) {
            end();
            current = of;
        }
        if (count == times.length) {
            times = Arrays.copyOf(times, count * 2);
            values = Arrays.copyOf(values, count * 2);
        }
        times[count] = Math.round(row.real(2) * MILLIS);
        values[count++] = row.number(3);
        maximum = row.number(4) == null ? maximum : row.number(4);
    }

    private void end() {
        if (current != null && count > 0) {
            int from = 0;
            List<Boots.Run> runs = boots.runs(current.machine());
            long boot = runs.isEmpty() ? Long.MIN_VALUE : Math.round(runs.getLast().from() * MILLIS);
            while (from < count - 1 && times[from] < boot) {
                from++;
            }
            forecasts.add(forecast(Trend.of(times, values, from, count)));
        }
        count = 0;
        maximum = null;
    }

    private PoolForecast forecast(Trend trend) {
        Long limit = maximum != null ? maximum : limits.get(current.pool());
        long bytes = Math.round(trend.end());
        LocalDateTime earliest = null;
        LocalDateTime latest = null;
        if (limit != null && trend.isLeak()) {
            earliest = full(limit - bytes, trend.perHourHigh());
            latest = full(limit - bytes, trend.perHourLow());
        }
        Growth leader = leaders.get(current);
        return new PoolForecast(current.machine(), current.pool(), bytes, limit, trend.shape().word(), trend.perHour(), trend.perHourLow(),
                trend.perHourHigh(), earliest, latest, leader == null ? null : leader.tag(), leader == null ? 0 : leader.bytes());
    }

    private LocalDateTime full(long left, double perHour) {
        double hours = perHour > 0 ? Math.max(0, left) / perHour : Double.POSITIVE_INFINITY;
        return hours > HOURS_OF_TEN_YEARS ? null : LocalDateTime.ofEpochSecond(Math.floorDiv(times[count - 1], 1000L), 0, ZoneOffset.UTC)
                .plusMinutes(Math.round(hours * 60));
    }
}
