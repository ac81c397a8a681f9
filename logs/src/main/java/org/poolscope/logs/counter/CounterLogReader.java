package org.poolscope.logs.counter;

import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;
import org.poolscope.model.TextLines;

/**
 * Reads counter logs as Performance Monitor, {@code logman}, {@code typeperf} and {@code relog} write them: comma-separated and
 * tab-separated, in any language, and as other programs saved them again (semicolons, decimal commas, the region's own dates).
 * Several logs may stand in one file.
 */
public final class CounterLogReader implements EvidenceReader {

    /** What {@code typeperf} prints around its table. */
    private static final java.util.Set<String> CLOSING = java.util.Set.of("Exiting, please wait...",
            "The command completed successfully.");

    /** For {@link java.util.ServiceLoader}. */
    public CounterLogReader() {
    }

    @Override
    public String format() {
        return CounterTable.SOURCE;
    }

    @Override
    public boolean fillsFiles() {
        return true;
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        return file.hasLine(CounterTable::begins);
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        TextLines lines = file.text().orElseThrow(() -> new EvidenceException(file.path(), "", "this is not text", ""));
        CounterTable table = null;
        for (int number = 1; number <= lines.count(); number++) {
            String line = lines.line(number);
            CounterTable next = CounterTable.begin(line, lines, number).orElse(null);
            if (next != null) {
                if (table != null) {
                    table.report(sink);
                }
                table = next;
                sink.understood(number);
            } else if (table != null && (table.row(line, lines, number) || CLOSING.contains(line.strip()))) {
                sink.understood(number);
            }
        }
        if (table != null) {
            table.report(sink);
        }
    }
}
