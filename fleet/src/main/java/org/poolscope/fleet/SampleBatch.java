package org.poolscope.fleet;

import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.duckdb.DuckDBAppender;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;

/**
 * Samples of one machine, as many as one Parquet file is made of, in flat arrays: 40 bytes a row. They come table by table and go
 * series by series: by tag, pool and time, the order that compresses well and that questions like.
 */
final class SampleBatch {

    /** So many rows make a file: 60 MB here and in DuckDB at once, and long row groups for whoever asks. */
    private static final int ROWS_OF_A_FILE = 1_500_000;
    private static final int FIGURES = 4;
    /** Stands for a figure the evidence does not give: no count or size is as small. */
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final int mostRows;
    /** Numbers of the series by tag key and pool. */
    private final Map<Long, Integer> numbers = new HashMap<>();
    private int last;
    private PoolTag[] tags = new PoolTag[256];
    private boolean[] paged = new boolean[256];

    private long[] micros = new long[64];
    private int[] begins = new int[65];
    private int tables;
    private int[] series = new int[4096];
    private long[] figures = new long[series.length * FIGURES];
    private int rows;

    SampleBatch() {
        this(ROWS_OF_A_FILE);
    }

    /** One that is full with so many rows; the table that passes it is taken whole. */
    SampleBatch(int mostRows) {
        this.mostRows = mostRows;
    }

    boolean isEmpty() {
        return rows == 0;
    }

    boolean isFull() {
        return rows >= mostRows;
    }

    /** Begins the rows of one table. */
    void begin(LocalDateTime time) {
        if (tables == micros.length) {
            micros = Arrays.copyOf(micros, tables * 2);
            begins = Arrays.copyOf(begins, tables * 2 + 1);
        }
        micros[tables] = time.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + time.getNano() / 1000;
        begins[tables++] = rows;
        begins[tables] = rows;
    }

    /** Adds a row to the table begun last. */
    void add(PoolTag tag, PoolKind pool, PoolUse use) {
        if (rows == series.length) {
            int more = Math.addExact(rows, rows / 2);
            series = Arrays.copyOf(series, more);
            figures = Arrays.copyOf(figures, Math.multiplyExact(more, FIGURES));
        }
        series[rows] = number(tag, pool == PoolKind.PAGED);
        int at = rows * FIGURES;
        figures[at] = known(use.allocs());
        figures[at + 1] = known(use.frees());
        figures[at + 2] = known(use.outstanding());
        figures[at + 3] = known(use.bytes());
        begins[tables] = ++rows;
    }

    private int number(PoolTag tag, boolean inPaged) {
        // The tables of a log list their tags in the same order, nearly always.
        int likely = last + 1 < numbers.size() ? last + 1 : 0;
        if (likely < numbers.size() && tags[likely].key() == tag.key() && paged[likely] == inPaged) {
            last = likely;
            return likely;
        }
        long key = (long) tag.key() << 1 | (inPaged ? 1 : 0);
        Integer number = numbers.get(key);
        if (number == null) {
            number = numbers.size();
            numbers.put(key, number);
            if (number == tags.length) {
                tags = Arrays.copyOf(tags, number * 2);
                paged = Arrays.copyOf(paged, number * 2);
            }
            tags[number] = tag;
            paged[number] = inPaged;
        }
        last = number;
        return number;
    }

    private static long known(Long figure) {
        return figure == null ? UNKNOWN : figure;
    }

    /** Hands all rows on, by tag, pool and time, and is empty then. */
    void drainTo(DuckDBAppender out) throws SQLException {
        int[] order = order();
        int at = 0;
        String tag = null;
        String pool = null;
        int current = -1;
        int[] tableOf = tableOfRow();
        while (at < rows) {
            int row = order[at++];
            if (series[row] != current) {
                current = series[row];
                tag = tags[current].toString();
                pool = (paged[current] ? PoolKind.PAGED : PoolKind.NONPAGED).word();
            }
            out.beginRow().appendEpochMicros(micros[tableOf[row]]).append(tag).append(pool);
            for (int i = row * FIGURES; i < (row + 1) * FIGURES; i++) {
                if (figures[i] == UNKNOWN) {
                    out.appendNull();
                } else {
                    out.append(figures[i]);
                }
            }
            out.endRow();
        }
        clear();
    }

    /** Forgets all rows. */
    void clear() {
        numbers.clear();
        last = 0;
        tables = 0;
        rows = 0;
        begins[0] = 0;
    }

    private int[] tableOfRow() {
        int[] tableOf = new int[rows];
        for (int table = 0; table < tables; table++) {
            Arrays.fill(tableOf, begins[table], begins[table + 1], table);
        }
        return tableOf;
    }

    /** The rows in the order they leave: counted by series, each table's rows put behind those of the tables before it. */
    private int[] order() {
        Integer[] ranked = new Integer[numbers.size()];
        Arrays.setAll(ranked, i -> i);
        Arrays.sort(ranked, Comparator.comparing((Integer i) -> tags[i].toString()).thenComparing(i -> paged[i]));
        int[] next = new int[ranked.length];
        for (int row = 0; row < rows; row++) {
            next[series[row]]++;
        }
        int at = 0;
        for (Integer number : ranked) {
            int count = next[number];
            next[number] = at;
            at += count;
        }
        Integer[] byTime = new Integer[tables];
        Arrays.setAll(byTime, i -> i);
        Arrays.sort(byTime, Comparator.comparingLong(table -> micros[table]));
        int[] order = new int[rows];
        for (int table : byTime) {
            for (int row = begins[table]; row < begins[table + 1]; row++) {
                order[next[series[row]]++] = row;
            }
        }
        return order;
    }
}
