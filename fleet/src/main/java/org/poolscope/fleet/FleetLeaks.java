package org.poolscope.fleet;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
        return find(engine, leastGrowth, null);
    }

    /** The same for some machines only; {@code null} for all. */
    static List<FleetLeak> find(FleetEngine engine, long leastGrowth, Collection<String> machines) throws FleetException {
        FleetLeaks search = new FleetLeaks(engine, leastGrowth);
        search.run(machines);
        search.leaks.sort(Comparator.comparingDouble(FleetLeak::bytesPerHour).reversed().thenComparing(leak -> leak.key().toString()));
        return search.leaks;
    }

    private void run(Collection<String> machines) throws FleetException {
        Boots boots = Boots.find(engine, engine.view(FleetTable.TOTALS, machines));
        List<SeriesKey> candidates = candidates(boots);
        for (int from = 0; from < candidates.size(); from += BATCH) {
            judge(candidates.subList(from, Math.min(candidates.size(), from + BATCH)), boots);
        }
    }

    private List<SeriesKey> candidates(Boots boots) throws FleetException {
        // Machines with as many runs, about, are asked about together: each run costs two comparisons a row.
        Map<Integer, List<String>> byRuns = new TreeMap<>();
        for (String machine : boots.machines()) {
            int most = Integer.highestOneBit(2 * boots.runs(machine).size() - 1);
            byRuns.computeIfAbsent(most, unseen -> new ArrayList<>()).add(machine);
        }
        List<SeriesKey> found = new ArrayList<>();
        for (Map.Entry<Integer, List<String>> group : byRuns.entrySet()) {
            int breaks = 2 * group.getKey() - 1;
            List<String> columns = new ArrayList<>(List.of("number", "machine", "origin"));
            for (int i = 0; i < breaks; i++) {
                columns.add("break" + i);
            }
            List<List<String>> machines = new ArrayList<>();
            List<List<String>> spans = new ArrayList<>();
            List<String> names = group.getValue();
            for (int i = 0; i < names.size(); i++) {
                machines.add(breaks(i, names.get(i), boots.runs(names.get(i)), breaks, spans));
            }
            engine.ask(question(engine.view(FleetTable.SAMPLES, group.getValue()), engine.view(columns, machines), breaks,
                    engine.view(List.of("number", "run", "span"), spans)),
                    row -> found.add(new SeriesKey(names.get(Math.toIntExact(row.number(0))), row.text(1), row.text(2))));
        }
        return found.stream().sorted(Comparator.comparing(SeriesKey::machine).thenComparing(SeriesKey::tag)
                .thenComparing(SeriesKey::pool)).toList();
    }

    /** The middles and the beginnings of a machine's runs by turns: how many of them a sample is behind tells its run and half. */
    private static List<String> breaks(int number, String machine, List<Boots.Run> runs, int count, List<List<String>> spans) {
        List<String> row = new ArrayList<>(List.of(Integer.toString(number), machine, Double.toString(runs.getFirst().from())));
        for (int i = 0; i < runs.size(); i++) {
            Boots.Run run = runs.get(i);
            if (i > 0) {
                row.add(Double.toString(run.from()));
            }
            row.add(Double.toString((run.from() + run.to()) / 2));
            spans.add(List.of(Integer.toString(number), Integer.toString(2 * i), Double.toString(run.to() - run.from())));
        }
        while (row.size() < count + 3) {
            row.add("1e300");
        }
        return row;
    }

    /**
     * The sums behind a straight line through each series, whole and its second half, and what they must come to. One pass over the rows
     * adds up halves of runs; all else is done with those.
     */
    private String question(String samples, String machines, int breaks, String spans) {
        StringBuilder part = new StringBuilder("0");
        StringBuilder places = new StringBuilder();
        for (int i = 0; i < breaks; i++) {
            part.append(" + CASE WHEN s.hours >= r.break").append(i).append(" THEN 1 ELSE 0 END");
            places.append(", CAST(break").append(i).append(" AS DOUBLE) AS break").append(i);
        }
        String halves = "SELECT number, tag, pool, part, CAST(count(*) AS DOUBLE) AS n, sum(x) AS x, sum(y) AS y, sum(x * x) AS xx, sum(x * y) AS xy,"
                + " sum(y * y) AS yy FROM (SELECT r.number AS number, s.tag AS tag, s.pool AS pool, " + part + " AS part,"
                + " s.hours - r.origin AS x, CAST(s.bytes AS DOUBLE) AS y FROM " + samples + " s JOIN (SELECT CAST(number AS INT) AS number, machine,"
                + " CAST(origin AS DOUBLE) AS origin" + places + " FROM " + machines + ") r ON s.machine = r.machine"
                + " WHERE s.bytes IS NOT NULL) q GROUP BY number, tag, pool, part";
        String runs = "SELECT number, tag, pool, part - part % 2 AS run, " + sums("", "%s") + ", "
                + sums("2", "CASE WHEN part %% 2 = 1 THEN %s ELSE 0e0 END") + " FROM (" + halves + ") h GROUP BY number, tag, pool, part - part % 2";
        String rises = String.format(Locale.ROOT, "xy > 0 AND xy / xx * span >= %d AND xy * xy * (n - 2) >= %s * (xx * yy - xy * xy)"
                + " AND (n < %d OR (xy2 > 0 AND xy2 * xy2 * (n2 - 2) >= %s * (xx2 * yy2 - xy2 * xy2)))", leastGrowth / 2, RISES * RISES,
                LONG, RISES_ON * RISES_ON);
        // What does not rise in half of the time will not be found to leak in half of it.
        return "SELECT number, tag, pool FROM (SELECT l.number AS number, l.tag AS tag, l.pool AS pool, CASE WHEN " + rises
                + " THEN n ELSE 0e0 END AS rises, n FROM (" + runs + ") l JOIN (SELECT CAST(number AS INT) AS number, CAST(run AS INT) AS run, CAST(span AS DOUBLE) AS span"
                + " FROM " + spans + ") g ON l.number = g.number AND l.run = g.run WHERE n >= " + FEWEST + ") judged"
                + " GROUP BY number, tag, pool HAVING sum(rises) > 0 AND sum(rises) * 2 >= sum(n)";
    }

    /** Sums of squares and products around the means, as columns {@code n, xx, xy, yy} with a suffix, of the halves a form lets through. */
    private static String sums(String suffix, String form) {
        String count = sum(form, "n");
        String x = sum(form, "x");
        String y = sum(form, "y");
        return count + " AS n" + suffix
                + ", " + sum(form, "xx") + " - " + x + " * " + x + " / nullif(" + count + ", 0) AS xx" + suffix
                + ", " + sum(form, "xy") + " - " + x + " * " + y + " / nullif(" + count + ", 0) AS xy" + suffix
                + ", " + sum(form, "yy") + " - " + y + " * " + y + " / nullif(" + count + ", 0) AS yy" + suffix;
    }

    private static String sum(String form, String what) {
        return "sum(" + form.formatted(what) + ")";
    }

    private void judge(List<SeriesKey> keys, Boots boots) throws FleetException {
        List<String> machines = keys.stream().map(SeriesKey::machine).distinct().toList();
        List<List<String>> numbered = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            SeriesKey key = keys.get(i);
            numbered.add(List.of(Integer.toString(i), key.machine(), key.tag(), key.pool()));
        }
        String given = engine.view(List.of("number", "machine", "tag", "pool"), numbered);
        Series series = new Series(keys, boots);
        // A number a row costs less than three texts.
        engine.ask("SELECT CAST(g.number AS INT) AS number, s.hours, s.bytes FROM " + engine.view(FleetTable.SAMPLES, machines) + " s JOIN "
                + given + " g ON s.machine = g.machine AND s.tag = g.tag AND s.pool = g.pool"
                + " WHERE s.bytes IS NOT NULL ORDER BY CAST(g.number AS INT), s.hours", series::row);
        series.end();
    }

    /** Gathers the samples of one series after another. */
    private final class Series {
        private final List<SeriesKey> keys;
        private final Boots boots;
        private SeriesKey key;
        private long number = -1;
        private long[] times = new long[1024];
        private double[] values = new double[1024];
        private int count;

        private Series(List<SeriesKey> keys, Boots boots) {
            this.keys = keys;
            this.boots = boots;
        }

        private void row(FleetEngine.Row row) throws FleetException {
            long now = row.number(0);
            if (now != number) {
                end();
                number = now;
                key = keys.get((int) now);
            }
            if (count == times.length) {
                times = Arrays.copyOf(times, count * 2);
                values = Arrays.copyOf(values, count * 2);
            }
            times[count] = Math.round(row.real(1) * MILLIS);
            values[count++] = row.number(2);
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
            int samples = 0;
            int samplesGrowing = 0;
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
                    samples += trend.samples();
                    if (trend.isLeak() && trend.growth() >= leastGrowth) {
                        growing++;
                        samplesGrowing += trend.samples();
                        best = best == null || trend.significance() > best.significance() ? trend : best;
                    }
                }
                from = to;
            }
            // What shows in the smaller part of the time is one run's own story; a driver that leaks does so after every boot.
            return best == null || samplesGrowing * 2 < samples ? Optional.empty() : Optional.of(leak(best, growing, seen));
        }

        private FleetLeak leak(Trend trend, int growing, int seen) {
            LocalDateTime began = LocalDateTime.ofEpochSecond(Math.floorDiv(trend.began(), 1000L), 0, ZoneOffset.UTC);
            return new FleetLeak(key, trend.samples(), trend.perHour(), trend.perHourLow(), trend.perHourHigh(), Math.round(trend.growth()),
                    Math.round(trend.end()), began, trend.significance(), growing, seen);
        }
    }
}
