package org.poolscope.logs.counter;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.poolscope.logs.Timestamps;
import org.poolscope.model.Counter;
import org.poolscope.model.CounterSeries;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;
import org.poolscope.model.TextLines;

/**
 * Reads what PowerShell's {@code Get-Counter} prints: its table (time, and below it path and figure in turn), the same as a list,
 * single samples as a list ({@code .CounterSamples | Format-List}), and both written by {@code Export-Csv}. The names of
 * properties
 * are the same in every language; paths and times are the region's.
 */
public final class GetCounterReader implements EvidenceReader {

    private static final String SOURCE = "Get-Counter";
    private static final int LONGEST_LINE = 4096;
    /** A path may be broken over so many lines by a narrow window. */
    private static final int MOST_PATH_LINES = 4;

    /** For {@link java.util.ServiceLoader}. */
    public GetCounterReader() {
    }

    @Override
    public String format() {
        return SOURCE + " output";
    }

    @Override
    public boolean fillsFiles() {
        return true;
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        return file.hasLine(GetCounterReader::shows);
    }

    private static boolean shows(String line) {
        if (line.length() > LONGEST_LINE) {
            return false;
        }
        String text = line.strip();
        return text.startsWith("Timestamp") && text.endsWith("CounterSamples") || text.startsWith("CookedValue")
                && text.indexOf(':') > 0
                || sampleColumns(line).isPresent() || text.endsWith(" :") && path(text) >= 0;
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        TextLines lines = file.text().orElseThrow(() -> new EvidenceException(file.path(), "", "this is not text", ""));
        new Reading(lines, sink).all();
    }

    /** Where a path with a machine begins, and nothing but a time or a label stands before it; -1 when none does. */
    private static int path(String line) {
        int at = line.indexOf("\\\\");
        return at < 0 || at > 120 || CounterPath.of(withoutColon(line.substring(at))).isEmpty() ? -1 : at;
    }

    private static String withoutColon(String text) {
        String stripped = text.strip();
        return stripped.endsWith(":") ? stripped.substring(0, stripped.length() - 1).strip() : stripped;
    }

    /** Where path, value and time stand in rows of {@code Export-Csv}, when this is their head line. */
    private static Optional<int[]> sampleColumns(String line) {
        if (!line.contains("CookedValue") || !line.contains("Path")) {
            return Optional.empty();
        }
        List<String> fields = Fields.of(line, Fields.separatorOf(line));
        int[] at = {fields.indexOf("Path"), fields.indexOf("CookedValue"), fields.indexOf("Timestamp")};
        return at[0] < 0 || at[1] < 0 || at[2] < 0 ? Optional.empty() : Optional.of(at);
    }

    /** One walk through the lines of a file. */
    private static final class Reading {
        private final TextLines lines;
        private final FactSink sink;
        private final Timestamps times;
        private final Map<String, Kept> kept = new LinkedHashMap<>();
        private final List<Pending> pending = new ArrayList<>();
        private LocalDateTime time;
        /** Whether {@code time} stands in the list of which the figures come next. */
        private boolean timeOfList;
        private String path;
        private Provenance pathAt;
        private int untimed;

        private Reading(TextLines lines, FactSink sink) {
            this.lines = lines;
            this.sink = sink;
            this.times = new Timestamps(lines.all());
        }

        private void all() {
            int number = 1;
            while (number <= lines.count()) {
                String line = lines.line(number);
                Optional<int[]> columns = line.length() > LONGEST_LINE ? Optional.empty() : sampleColumns(line);
                int next = columns.isPresent() ? table(number, columns.get()) : line(number);
                number = Math.max(next, number + 1);
            }
            untimed += pending.size();
            times.warnOfAmbiguous(sink);
            if (untimed > 0) {
                sink.warn(lines.at(1), untimed + " samples of Get-Counter have no time and are not used");
            }
            kept.values().forEach(series -> series.report(sink));
        }

        /** Rows of single samples below their head line; the line behind them. */
        private int table(int head, int[] columns) {
            char separator = Fields.separatorOf(lines.line(head));
            sink.understood(head);
            if (head > 1 && lines.line(head - 1).startsWith("#TYPE ")) {
                sink.understood(head - 1);
            }
            int number = head + 1;
            while (number <= lines.count() && lines.line(number).length() <= LONGEST_LINE) {
                List<String> fields = Fields.of(lines.line(number), separator);
                if (fields.size() <= Math.max(columns[0], Math.max(columns[1], columns[2]))
                        || CounterPath.of(fields.get(columns[0])).isEmpty()) {
                    break;
                }
                Provenance here = lines.at(number);
                LocalDateTime taken = times.find(fields.get(columns[2]), here).orElse(null);
                add(new Pending(fields.get(columns[0]), Figure.of(fields.get(columns[1])), here), taken);
                sink.understood(number++);
            }
            return number;
        }

        /** One line of a table or list; the line behind what was understood. */
        private int line(int number) {
            String line = lines.line(number);
            if (line.length() > LONGEST_LINE) {
                return number + 1;
            }
            String text = line.strip();
            int at = line.indexOf("\\\\");
            if (at >= 0) {
                return path(number, line, at);
            }
            if (path != null && !text.isEmpty()) {
                String value = text.startsWith("CookedValue") ? text.substring(text.indexOf(':') + 1) : text;
                double figure = Figure.of(value);
                if (!Double.isNaN(figure)) {
                    add(new Pending(path, figure, pathAt), time);
                    path = null;
                    sink.understood(number);
                    return number + 1;
                }
            }
            if (text.startsWith("Timestamp") && text.indexOf(':') > 0 && !text.startsWith("Timestamp100NSec")) {
                timed(text, lines.at(number));
                sink.understood(number);
            } else if (isFurniture(text)) {
                sink.understood(number);
            }
            return number + 1;
        }

        private int path(int number, String line, int at) {
            String before = line.substring(0, at).strip();
            StringBuilder whole = new StringBuilder(line.substring(at).strip());
            boolean label = before.startsWith("Path");
            int end = number + 1;
            while (!label && !whole.toString().endsWith(":") && end < number + MOST_PATH_LINES && end <= lines.count()
                    && !lines.line(end).isBlank() && lines.line(end).length() <= LONGEST_LINE) {
                whole.append(' ').append(lines.line(end++).strip());
            }
            String found = withoutColon(whole.toString());
            if (!label && !whole.toString().endsWith(":") || CounterPath.of(found).isEmpty()) {
                return number + 1;
            }
            if (label || before.startsWith("Readings")) {
                time = timeOfList && !label ? time : null;
                timeOfList = false;
            } else if (!before.isEmpty()) {
                time = times.find(before, lines.at(number)).orElse(null);
            }
            path = found;
            pathAt = lines.at(number);
            for (int i = number; i < end; i++) {
                sink.understood(i);
            }
            return end;
        }

        /** A time in a list: it belongs to the figures above it that have none yet, else to those that follow. */
        private void timed(String text, Provenance here) {
            LocalDateTime found = times.find(text.substring(text.indexOf(':') + 1), here).orElse(null);
            if (found == null) {
                return;
            }
            if (pending.isEmpty()) {
                time = found;
                timeOfList = true;
            }
            pending.forEach(sample -> keep(sample, found));
            pending.clear();
        }

        private void add(Pending sample, LocalDateTime taken) {
            if (taken == null) {
                pending.add(sample);
            } else {
                keep(sample, taken);
            }
        }

        private void keep(Pending sample, LocalDateTime taken) {
            CounterPath where = CounterPath.of(sample.path).orElseThrow();
            CounterNames.of(where).ifPresent(counter -> kept.computeIfAbsent(sample.path.toLowerCase(Locale.ROOT),
                    unused -> new Kept(where, counter, sample.at)).samples.add(CounterSeries.millis(taken), sample.value));
        }

        private static boolean isFurniture(String text) {
            return text.startsWith("Timestamp") && text.endsWith("CounterSamples") || text.startsWith("CounterSamples :")
                    || text.startsWith("\"Timestamp\"") || text.startsWith("\"CounterSamples\"") || text.startsWith("#TYPE ")
                            || text.equals("\"")
                    || !text.isEmpty() && text.chars().allMatch(c -> c == '-' || c == ' ')
                    || property(text, "InstanceName", "RawValue", "SecondValue", "MultipleCount", "CounterType",
                            "Timestamp100NSec", "Status",
                            "DefaultScale", "TimeBase", "CookedValue");
        }

        private static boolean property(String text, String... names) {
            int colon = text.indexOf(':');
            return colon > 0 && List.of(names).contains(text.substring(0, colon).strip());
        }
    }

    private record Pending(String path, double value, Provenance at) {
    }

    /** One counter's samples. */
    private record Kept(CounterPath path, Counter counter, Provenance at, Samples samples) {

        private Kept(CounterPath path, Counter counter, Provenance at) {
            this(path, counter, at, new Samples());
        }

        private void report(FactSink sink) {
            samples.sort();
            sink.add(new CounterSeries(at, SOURCE, path.machine(), counter, path.instance(), null, samples.times(),
                    samples.values()));
        }
    }
}
