package org.poolscope.fleet;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.poolscope.diagnosis.trend.Trend;

/**
 * Which machines leak what. The engine sums up each series and drops those that a straight line shows to stand still; only what is left
 * is fetched and judged as {@code trend} judges a single machine's, so that both say the same.
 */
public final class FleetLeaks {

    /** A line must rise by so many standard errors for a series to be looked at more closely. */
    private static final double RISES = 3;
    /** So must it in the second half of a long series: caches that filled and steps come to rest there. */
    private static final double RISES_ON = 1.5;
    /** A series is long from so many samples on; half of it can be judged alone. */
    private static final int LONG = 100;
    private static final int FEWEST = 10;
    private static final double MILLIS = 3_600_000;
    /** How many series are fetched at once; their machines' files are opened then. */
    private static final int BATCH = 20_000;

    private final FleetEngine engine;
    private final long leastGrowth;
    private final List<FleetLeak> leaks = new ArrayList<>();

    private FleetLeaks(FleetEngine engine, long leastGrowth) {
        this.engine = engine;
        this.leastGrowth = leastGrowth;
    }

    /**
     * Finds them.
     *
     * @param leastGrowth what grew by less than so many bytes while it was looked at is left out
     * @return the leaks, the fastest first
     */
    public static List<FleetLeak> find(FleetEngine engine, long leastGrowth) throws FleetException {
        FleetLeaks search = new FleetLeaks(engine, leastGrowth);
        search.run();
        search.leaks.sort(Comparator.comparingDouble(FleetLeak::bytesPerHour).reversed().thenComparing(leak -> leak.key().toString()));
        return search.leaks;
    }

    private void run() throws FleetException {
        Boots boots = Boots.find(engine, engine.view(FleetTable.TOTALS, null));
        List<SeriesKey> candidates = candidates(boots);
        for (int from = 0; from < candidates.size(); from += BATCH) {
            judge(candidates.subList(from, Math.min(candidates.size(), from + BATCH)), boots);
        }
    }

    private List<SeriesKey> candidates(Boots boots) throws FleetException {
        List<String> steady = boots.machines().stream().filter(machine -> boots.runs(machine).size() == 1).toList();
        List<String> restarted = boots.machines().stream().filter(machine -> boots.runs(machine).size() > 1).toList();
        List<SeriesKey> found = new ArrayList<>();
        for (List<String> machines : List.of(steady, restarted)) {
            if (machines.isEmpty()) {
                continue;
            }
            List<List<String>> runs = new ArrayList<>();
            for (String machine : machines) {
                for (Boots.Run run : boots.runs(machine)) {
                    runs.add(List.of(machine, Double.toString(run.from()), Double.toString(run.to()),
                            Double.toString((run.from() + run.to()) / 2)));
                }
            }
            String given = engine.view(List.of("machine", "run_from", "run_to", "run_middle"), runs);
            engine.ask(question(engine.view(FleetTable.SAMPLES, machines), given, machines == restarted),
                    row -> found.add(new SeriesKey(row.text(0), row.text(1), row.text(2))));
        }
        return found.stream().distinct().sorted(Comparator.comparing(SeriesKey::machine).thenComparing(SeriesKey::tag)
                .thenComparing(SeriesKey::pool)).toList();
    }

    /** The sums behind a straight line through each series, whole and its second half, and what they must come to. */
    private String question(String samples, String runs, boolean restarted) {
        String whole = sums("", "%s");
        String half = sums("2", "CASE WHEN x >= middle THEN %s ELSE 0e0 END");
        return "SELECT machine, tag, pool FROM (SELECT machine, tag, pool, run, max(x) - min(x) AS span, " + whole + ", " + half
                + " FROM (SELECT s.machine AS machine, s.tag AS tag, s.pool AS pool, r.run AS run, r.middle AS middle,"
                + " s.hours - r.run AS x, CAST(s.bytes AS DOUBLE) AS y FROM " + samples + " s JOIN (SELECT machine,"
                + " CAST(run_from AS DOUBLE) AS run, CAST(run_to AS DOUBLE) AS until,"
                + " CAST(run_middle AS DOUBLE) - CAST(run_from AS DOUBLE) AS middle FROM " + runs + ") r ON s.machine = r.machine"
                + (restarted ? " AND s.hours >= r.run AND s.hours <= r.until" : "") + " WHERE s.bytes IS NOT NULL) q GROUP BY machine, tag, pool, run) sums"
                + String.format(Locale.ROOT, " WHERE n >= %d AND xy > 0 AND xy / xx * span >= %d AND xy * xy * (n - 2) >= %s * (xx * yy - xy * xy)"
                        + " AND (n < %d OR (xy2 > 0 AND xy2 * xy2 * (n2 - 2) >= %s * (xx2 * yy2 - xy2 * xy2)))", FEWEST, leastGrowth / 2,
                        RISES * RISES, LONG, RISES_ON * RISES_ON);
    }

    /** Sums of squares and products around the means, as columns {@code n, xx, xy, yy} with a suffix, of the rows a form lets through. */
    private static String sums(String suffix, String form) {
        String count = sum(form, "1e0");
        String x = sum(form, "x");
        String y = sum(form, "y");
        return count + " AS n" + suffix
                + ", " + sum(form, "x * x") + " - " + x + " * " + x + " / nullif(" + count + ", 0) AS xx" + suffix
                + ", " + sum(form, "x * y") + " - " + x + " * " + y + " / nullif(" + count + ", 0) AS xy" + suffix
                + ", " + sum(form, "y * y") + " - " + y + " * " + y + " / nullif(" + count + ", 0) AS yy" + suffix;
    }

    private static String sum(String form, String what) {
        return "sum(" + form.formatted(what) + ")";
    }

    private void judge(List<SeriesKey> keys, Boots boots) throws FleetException {
        List<String> machines = keys.stream().map(SeriesKey::machine).distinct().toList();
        String given = engine.view(List.of("machine", "tag", "pool"),
                keys.stream().map(key -> List.of(key.machine(), key.tag(), key.pool())).toList());
        Series series = new Series(boots);
        engine.ask("SELECT s.machine, s.tag, s.pool, s.hours, s.bytes FROM " + engine.view(FleetTable.SAMPLES, machines) + " s JOIN "
                + given + " g ON s.machine = g.machine AND s.tag = g.tag AND s.pool = g.pool"
                + " WHERE s.bytes IS NOT NULL ORDER BY s.machine, s.tag, s.pool, s.hours", series::row);
        series.end();
    }

    /** Gathers the samples of one series after another. */
    private final class Series {
        private final Boots boots;
        private SeriesKey key;
        private long[] times = new long[1024];
        private double[] values = new double[1024];
        private int count;

        private Series(Boots boots) {
            this.boots = boots;
        }

        private void row(FleetEngine.Row row) throws FleetException {
            String machine = row.text(0);
            String tag = row.text(1);
            String pool = row.text(2);
            if (key == null || !key.tag().equals(tag) || !key.machine().equals(machine) || !key.pool().equals(pool)) {
                end();
                key = new SeriesKey(machine, tag, pool);
            }
            if (count == times.length) {
                times = Arrays.copyOf(times, count * 2);
                values = Arrays.copyOf(values, count * 2);
            }
            times[count] = Math.round(row.real(3) * MILLIS);
            values[count++] = row.number(4);
        }

        private void end() {
            if (key != null) {
                leak().ifPresent(leaks::add);
            }
            count = 0;
        }

        private Optional<FleetLeak> leak() {
            Trend best = null;
            int growing = 0;
            int seen = 0;
            int from = 0;
            for (Boots.Run run : boots.runs(key.machine())) {
                long until = Math.round(run.to() * MILLIS);
                int to = from;
                while (to < count && times[to] <= until) {
                    to++;
                }
                if (to - from >= FEWEST) {
                    Trend trend = Trend.of(times, values, from, to);
                    seen++;
                    if (trend.isLeak() && trend.growth() >= leastGrowth) {
                        growing++;
                        best = best == null || trend.significance() > best.significance() ? trend : best;
                    }
                }
                from = to;
            }
            // What shows in one run of many is the run's own story; a driver that leaks does so after every boot.
            return best == null || growing * 2 < seen ? Optional.empty() : Optional.of(leak(best, growing, seen));
        }

        private FleetLeak leak(Trend trend, int growing, int seen) {
            LocalDateTime began = LocalDateTime.ofEpochSecond(Math.floorDiv(trend.began(), 1000L), 0, ZoneOffset.UTC);
            return new FleetLeak(key, trend.samples(), trend.perHour(), trend.perHourLow(), trend.perHourHigh(), Math.round(trend.growth()),
                    Math.round(trend.end()), began, trend.significance(), growing, seen);
        }
    }
}
