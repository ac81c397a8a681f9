package org.poolscope.logs.counter;

import java.time.DateTimeException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.poolscope.model.Counter;
import org.poolscope.model.CounterSeries;
import org.poolscope.model.FactSink;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;
import org.poolscope.model.TextLines;

/** One table of a counter log: its head line, and the rows below it. Only columns that tell about pool are kept. */
final class CounterTable {

    static final String SOURCE = "PerfMon counter log";

    /** {@code (PDH-CSV 4.0) (W. Europe Standard Time)(-60)}: the last number is what to add to get UTC, in minutes. */
    private static final Pattern ZONE = Pattern.compile("\\((-?\\d{1,4})\\)$");

    /** The head of the first column is short, so the first path begins soon. */
    private static final int LAST_FIRST_PATH = 120;

    private static final long HALF_HOUR = 1_800_000;

    /** A clock that goes back by more than this was not put back for the winter. */
    private static final long MOST_BACK = 2 * 3_600_000L;

    private final Provenance seenAt;
    private final char separator;
    private final boolean asWindowsWrites;
    private final ZoneOffset zone;
    private final int columns;
    private final Column[] kept;
    private final RowTimes times = new RowTimes();
    private TextLines lines;
    private int lastRow;

    private CounterTable(Provenance seenAt, char separator, String first, int columns, Column[] kept) {
        this.seenAt = seenAt;
        this.separator = separator;
        this.asWindowsWrites = first.startsWith("(PDH-");
        this.zone = zone(first);
        this.columns = columns;
        this.kept = kept;
    }

    /** The table a line begins; empty when it is no head line. */
    static Optional<CounterTable> begin(String line, TextLines lines, int number) {
        char separator = Fields.separatorOf(line);
        return head(line, separator)
                .map(fields -> new CounterTable(lines.at(number), separator, fields.getFirst().strip(), fields.size(), columns(fields)));
    }

    /** Whether a line begins a table. */
    static boolean begins(String line) {
        return head(line, Fields.separatorOf(line)).isPresent();
    }

    /** The fields of a head line: one for the time, and behind it at least one path of a counter. */
    private static Optional<List<String>> head(String line, char separator) {
        int path = line.indexOf('\\');
        if (path <= 0 || path > LAST_FIRST_PATH) {
            return Optional.empty();
        }
        List<String> fields = Fields.of(line, separator);
        String first = fields.getFirst().strip();
        boolean time = first.startsWith("(PDH-") || first.indexOf('\\') < 0 && first.indexOf(':') < 0;
        return time && fields.size() > 1 && CounterPath.of(fields.get(1)).isPresent() ? Optional.of(fields) : Optional.empty();
    }

    private static ZoneOffset zone(String first) {
        Matcher zone = ZONE.matcher(first);
        if (!first.startsWith("(PDH-") || !zone.find()) {
            return null;
        }
        try {
            return ZoneOffset.ofTotalSeconds(-60 * Integer.parseInt(zone.group(1)));
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static Column[] columns(List<String> fields) {
        Column[] columns = new Column[fields.size()];
        int runStart = 1;
        for (int i = 1; i < fields.size(); i++) {
            CounterPath path = CounterPath.of(fields.get(i)).orElse(null);
            if (path == null) {
                continue;
            }
            CounterPath before = i == 1 ? null : CounterPath.of(fields.get(i - 1)).orElse(null);
            if (before == null || path.instance() != null || !path.object().equals(before.object())) {
                runStart = i;
            }
            Counter counter = CounterNames.of(path).orElse(null);
            if (counter != null) {
                columns[i] = new Column(path, counter);
            }
            if (i - runStart == CounterNames.FEWEST - 1 && path.instance() == null) {
                wholeObject(fields, columns, runStart);
            }
        }
        return columns;
    }

    /**
     * A run of columns of one object that is long enough to be the whole object Memory, in a language not known: its columns are
     * kept
     * by their places, to be believed only when the figures prove it.
     */
    private static void wholeObject(List<String> fields, Column[] columns, int start) {
        for (int i = start; i < start + CounterNames.FEWEST; i++) {
            if (columns[i] != null && (columns[i].counter == Counter.POOL_PAGED_BYTES || columns[i].counter
                    == Counter.POOL_NONPAGED_BYTES)) {
                return;
            }
        }
        Places places = new Places();
        for (int place = 0; place < CounterNames.FEWEST; place++) {
            Counter counter = CounterNames.at(place).orElse(null);
            if (counter != null || place == CounterNames.AVAILABLE_KILOBYTES || place == CounterNames.AVAILABLE_MEGABYTES) {
                Column column = new Column(CounterPath.of(fields.get(start + place)).orElseThrow(), counter);
                column.places = places;
                columns[start + place] = column;
                places.take(place, column);
            }
        }
    }

    /** Takes a row; false when the line is none. */
    boolean row(String line, TextLines lines, int number) {
        Fields fields = new Fields(line, separator);
        if (!times.add(fields.next())) {
            return false;
        }
        for (int i = 1; i < columns; i++) {
            String field = fields.next();
            Column column = kept[i];
            if (column != null) {
                column.values.add(0, field == null || fields.isCut() || fields.mayBeCut() && i < columns - 1 ? Double.NaN
                        : Figure.of(field));
            }
        }
        lastRow = number;
        this.lines = lines;
        return true;
    }

    /** Hands over what was read. */
    void report(FactSink sink) {
        if (times.size() == 0) {
            sink.warn(seenAt, "the counter log has a head line and no samples");
            return;
        }
        RowTimes.Reading reading = times.reading(asWindowsWrites);
        if (!reading.told()) {
            sink.warn(seenAt,
                    "the dates of the counter log do not say which number is the month; the first is taken for it, as Windows writes it");
        }
        long[] at = reading.times();
        int putBack = straighten(at);
        if (putBack > 0) {
            sink.warn(seenAt, "the clock went back " + Quantity.count(putBack, "time", "times")
                    + " by up to two hours, as in autumn; the times after it are counted on");
        }
        List<CounterSeries> all = new ArrayList<>();
        for (Column column : kept) {
            if (column != null && column.counter != null && (column.places == null || column.places.isProven())) {
                series(column, at).ifPresent(all::add);
            }
        }
        all.forEach(sink::add);
        if (all.isEmpty()) {
            sink.warn(seenAt, "none of the " + Quantity.count(columns - 1, "counter", "counters")
                    + " of this log tells about pool; log "
                    + Counter.POOL_PAGED_BYTES + " and " + Counter.POOL_NONPAGED_BYTES
                            + ", or in another language than Poolscope knows, all of "
                    + "the object Memory");
        }
        totals(all).ifPresent(sink::add);
    }

    /** Times that go back by up to two hours were put back for the winter: time goes on all the same. How often that happened. */
    private static int straighten(long[] times) {
        long shift = 0;
        int putBack = 0;
        for (int i = 1; i < times.length; i++) {
            if (times[i] == RowTimes.NOT_A_TIME || times[i - 1] == RowTimes.NOT_A_TIME) {
                continue;
            }
            times[i] += shift;
            long back = times[i - 1] - times[i];
            if (back > 0 && back <= MOST_BACK) {
                long more = Math.ceilDiv(back, HALF_HOUR) * HALF_HOUR;
                shift += more;
                times[i] += more;
                putBack++;
            }
        }
        return putBack;
    }

    private Optional<CounterSeries> series(Column column, long[] at) {
        double[] values = column.values.values();
        Samples samples = new Samples();
        boolean any = false;
        for (int i = 0; i < at.length; i++) {
            if (at[i] != RowTimes.NOT_A_TIME) {
                samples.add(at[i], values[i]);
                any |= !Double.isNaN(values[i]);
            }
        }
        samples.sort();
        return any ? Optional.of(new CounterSeries(seenAt.quoting(column.path.toString()), SOURCE, column.path.machine(),
                column.counter,
                column.path.instance(), zone, samples.times(), samples.values())) : Optional.empty();
    }

    /** The machine's totals at the end of the log, when it is the log of one machine. */
    private Optional<MemoryCounters> totals(List<CounterSeries> all) {
        List<CounterSeries> own = all.stream().filter(series -> series.instance() == null).toList();
        Long paged = last(own, Counter.bytesOf(PoolKind.PAGED));
        Long nonPaged = last(own, Counter.bytesOf(PoolKind.NONPAGED));
        if (paged == null && nonPaged == null || own.stream().map(CounterSeries::machine).distinct().count() > 1) {
            return Optional.empty();
        }
        CounterSeries first = own.getFirst();
        return Optional.of(new MemoryCounters(lines.at(lastRow), SOURCE, first.taken(first.size() - 1), null, last(own,
                Counter.AVAILABLE_BYTES), null,
                nonPaged, null, paged, null, List.of(), last(own, Counter.COMMITTED_BYTES), last(own, Counter.COMMIT_LIMIT), null,
                        List.of(),
                List.of()));
    }

    private static Long last(List<CounterSeries> all, Counter counter) {
        for (CounterSeries series : all) {
            if (series.counter() == counter && !Double.isNaN(series.values()[series.size() - 1])) {
                return Math.round(series.values()[series.size() - 1]);
            }
        }
        return null;
    }

    /** A column that is kept, and its figures row by row. */
    private static final class Column {
        private final CounterPath path;
        private final Counter counter;
        private final Samples values = new Samples();
        private Places places;

        private Column(CounterPath path, Counter counter) {
            this.path = path;
            this.counter = counter;
        }
    }

    /** Three columns that must be one figure in three units if the places are what they seem. */
    private static final class Places {
        private Column bytes;
        private Column kilobytes;
        private Column megabytes;

        private void take(int place, Column column) {
            bytes = place == CounterNames.AVAILABLE_BYTES ? column : bytes;
            kilobytes = place == CounterNames.AVAILABLE_KILOBYTES ? column : kilobytes;
            megabytes = place == CounterNames.AVAILABLE_MEGABYTES ? column : megabytes;
        }

        private boolean isProven() {
            double[] all = bytes.values.values();
            double[] kilo = kilobytes.values.values();
            double[] mega = megabytes.values.values();
            int agreeing = 0;
            for (int i = 0; i < all.length; i++) {
                if (Double.isNaN(all[i]) || Double.isNaN(kilo[i]) || Double.isNaN(mega[i])) {
                    continue;
                }
                if (all[i] == 0 || Math.abs(all[i] / 1024 - kilo[i]) > 1 || Math.abs(all[i] / (1 << 20) - mega[i]) > 1) {
                    return false;
                }
                agreeing++;
            }
            return agreeing > 0;
        }
    }
}
