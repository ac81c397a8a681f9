package org.poolscope.fleet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;

/** Hands what is known of a fleet to other programs: metrics for Prometheus, rows for spreadsheets. */
public final class FleetExport {

    private FleetExport() {
    }

    /**
     * The latest pool use of every machine and its leaks in the text format of Prometheus (version 0.0.4), for the node exporter's
     * textfile collector or a push gateway.
     */
    public static void prometheus(FleetEngine engine, List<FleetLeak> leaks, Writer out) throws FleetException, IOException {
        out.write("# HELP poolscope_pool_bytes Bytes of a kernel pool in use at the latest sample.\n# TYPE poolscope_pool_bytes gauge\n");
        latest(engine, out, "bytes", "poolscope_pool_bytes");
        out.write("# HELP poolscope_pool_limit_bytes The most bytes a kernel pool may grow to.\n# TYPE poolscope_pool_limit_bytes gauge\n");
        latest(engine, out, "maximum", "poolscope_pool_limit_bytes");
        out.write("# HELP poolscope_pool_leak_bytes_per_hour Growth of a pool tag that does not come to rest.\n"
                + "# TYPE poolscope_pool_leak_bytes_per_hour gauge\n");
        for (FleetLeak leak : leaks) {
            out.write(String.format(Locale.ROOT, "poolscope_pool_leak_bytes_per_hour{machine=\"%s\",pool=\"%s\",tag=\"%s\"} %d%n",
                    label(leak.key().machine()), label(leak.key().pool()), label(leak.key().tag()), Math.round(leak.bytesPerHour())));
        }
    }

    private static void latest(FleetEngine engine, Writer out, String column, String metric) throws FleetException, IOException {
        String totals = engine.view(FleetTable.TOTALS, null);
        try {
            engine.ask("SELECT t.machine, t.pool, max_by(t." + column + ", t.hours) AS latest FROM " + totals
                    + " t JOIN (SELECT machine, pool, min(source) AS source FROM " + totals + " WHERE " + column
                    + " IS NOT NULL GROUP BY machine, pool) best ON t.machine = best.machine AND t.pool = best.pool"
                    + " AND t.source = best.source WHERE t." + column + " IS NOT NULL GROUP BY t.machine, t.pool"
                    + " ORDER BY t.machine, t.pool", row -> line(out, String.format(Locale.ROOT,
                    "%s{machine=\"%s\",pool=\"%s\"} %d%n", metric, label(row.text(0)), label(row.text(1)), row.number(2))));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Escapes a label's value as the format demands. */
    private static String label(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    /** All samples as comma-separated rows: machine, time, tag, pool, allocs, frees, outstanding, bytes. */
    public static void csv(FleetEngine engine, Writer out) throws FleetException, IOException {
        out.write("machine,time,tag,pool,allocs,frees,outstanding,bytes\n");
        try {
            engine.ask("SELECT machine, CAST(time AS VARCHAR(30)), tag, pool, allocs, frees, outstanding, bytes FROM "
                    + engine.view(FleetTable.SAMPLES, null) + " ORDER BY machine, time, pool, tag", row -> {
                        StringBuilder line = new StringBuilder();
                        for (int i = 0; i < 4; i++) {
                            line.append(i == 0 ? "" : ",").append(cell(row.text(i)));
                        }
                        for (int i = 4; i < 8; i++) {
                            Long number = row.number(i);
                            line.append(',').append(number == null ? "" : number);
                        }
                        line(out, line.append('\n').toString());
                    });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Quoted when it must be (RFC 4180), and kept from being taken for a formula. */
    private static String cell(String value) {
        if (value == null) {
            return "";
        }
        boolean formula = !value.isEmpty() && "=+-@".indexOf(value.charAt(0)) >= 0;
        boolean quote = formula || value.indexOf(',') >= 0 || value.indexOf('"') >= 0 || value.isBlank();
        String text = formula ? "'" + value : value;
        return quote ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }

    private static void line(Writer out, String text) {
        try {
            out.write(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
