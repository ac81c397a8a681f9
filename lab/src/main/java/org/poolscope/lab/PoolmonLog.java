package org.poolscope.lab;

import java.io.BufferedWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.poolscope.lab.machine.Machine;
import org.poolscope.lab.machine.TagAccount;
import org.poolscope.model.PoolKind;

/** PoolMon snapshots, as {@code poolmon -n} writes them, each with the time in a line before it as support scripts add it. */
final class PoolmonLog {

    /** One row: a tag's use of one pool. */
    record Row(String tag, PoolKind pool, long allocs, long frees, long bytes) {
    }

    /** The figures in the head, in kilobytes. */
    record Head(long memory, long available, long commit, long limit, long nonPaged, long paged) {
    }

    private PoolmonLog() {
    }

    /** The rows a machine's own books would give now; tags with nothing outstanding are left out. */
    static List<Row> rowsOf(Machine machine) {
        List<Row> rows = new ArrayList<>();
        for (TagAccount account : machine.pools().accounts()) {
            for (PoolKind kind : PoolKind.values()) {
                if (account.outstanding(kind) > 0) {
                    rows.add(new Row(account.tag().toString(), kind, account.allocs(kind), account.frees(kind),
                            account.bytes(kind)));
                }
            }
        }
        rows.sort(java.util.Comparator.comparing(Row::tag).thenComparing(Row::pool));
        return rows;
    }

    /**
     * A pool's pages, which is what the head counts, at the time of some rows: as many for each byte of them as the machine has now.
     *
     * @param now the rows of the machine now
     */
    static long kilobytes(Machine machine, PoolKind pool, List<Row> rows, List<Row> now) {
        return Math.round(4.0 * machine.poolPages(pool) * bytes(rows, pool) / Math.max(1, bytes(now, pool)));
    }

    /** Bytes of all rows of one pool. */
    static long bytes(List<Row> rows, PoolKind pool) {
        return rows.stream().filter(row -> row.pool() == pool).mapToLong(Row::bytes).sum();
    }

    static void write(CaseFolder out, String name, String time, Head head, List<Row> rows) throws IOException {
        try (BufferedWriter text = out.text(name)) {
            line(text, time);
            line(text, String.format(Locale.ROOT, " Memory:%8dK Avail:%8dK  PageFlts:%6d   InRam Krnl: 2484K P:%6dK",
                    head.memory(),
                    head.available(), 1_220, head.paged() * 9 / 10));
            line(text, String.format(Locale.ROOT, " Commit:%7dK Limit:%7dK Peak:%7dK            Pool N:%6dK P:%6dK",
                    head.commit(),
                    head.limit(), head.commit() * 6 / 5, head.nonPaged(), head.paged()));
            line(text, "");
            line(text, " Tag  Type        Allocs            Frees            Diff    Bytes      Per Alloc");
            line(text, "");
            for (Row row : rows) {
                long diff = row.allocs() - row.frees();
                line(text, String.format(Locale.ROOT, " %-4s %-5s %10d (   0) %10d (   0) %8d %9d (     0) %6d", row.tag(),
                        row.pool() == PoolKind.PAGED ? "Paged" : "Nonp", row.allocs(), row.frees(), diff, row.bytes(),
                        diff == 0 ? 0 : row.bytes() / diff));
            }
        }
    }

    private static void line(BufferedWriter text, String line) throws IOException {
        text.write(line);
        text.write("\r\n");
    }

    /**
     * Two snapshots of a machine before its end, a day or so apart: what leaks grows by what is allocated, all else stays as it
     * is.
     *
     * @param growing the tags that leak
     */
    static void growth(CaseFolder out, Machine machine, Set<String> growing, String firstTime, String secondTime)
            throws IOException {
        List<Row> end = rowsOf(machine);
        String[] times = {firstTime, secondTime};
        double[] shares = {0.79, 0.88};
        long memory = machine.space().memory().totalPages() * 4;
        for (int i = 0; i < times.length; i++) {
            List<Row> rows = new ArrayList<>();
            for (Row row : end) {
                long outstanding = row.allocs() - row.frees();
                boolean grows = growing.contains(row.tag()) && outstanding > 100;
                long then = grows ? Math.round(outstanding * shares[i]) : outstanding;
                long frees = Math.round(row.frees() * shares[i]);
                rows.add(new Row(row.tag(), row.pool(), frees + then, frees,
                        grows ? Math.round((double) row.bytes() / outstanding * then) : row.bytes()));
            }
            write(out, "poolmon-" + (i + 1) + ".txt", times[i], new Head(memory, memory / 2 - i * 9_000L, memory / 3, memory * 2,
                    kilobytes(machine, PoolKind.NONPAGED, rows, end), kilobytes(machine, PoolKind.PAGED, rows, end)), rows);
        }
    }
}
