package org.poolscope.fleet;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The tables of a fleet's data set. Each is a folder of Parquet files, one folder below it for each machine. */
public enum FleetTable {
    /** Use of one pool by one tag at one time: {@code time, tag, pool, allocs, frees, outstanding, bytes}. */
    SAMPLES("time TIMESTAMP, tag VARCHAR, pool VARCHAR, allocs BIGINT, frees BIGINT, outstanding BIGINT, bytes BIGINT",
            "tag, pool, time"),
    /**
     * A pool as a whole at one time: {@code time, pool, source, bytes, maximum, allocs}. The source is {@code tags} (the sum over a
     * table of tags) or {@code counters} (the memory manager's own totals, which alone know a maximum).
     */
    TOTALS("time TIMESTAMP, pool VARCHAR, source VARCHAR, bytes BIGINT, maximum BIGINT, allocs BIGINT", "pool, source, time"),
    /** What is installed, running or set on a machine: {@code time, kind, name, value}. */
    INVENTORY("time TIMESTAMP, kind VARCHAR, name VARCHAR, value VARCHAR", "kind, name, value, time");

    private final String columns;
    private final String order;

    FleetTable(String columns, String order) {
        this.columns = columns;
        this.order = order;
    }

    /** The name of the folder, and of the view in SQL. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The names of the columns, as SQL lists them. */
    String names() {
        return Arrays.stream(columns.split(", ")).map(column -> column.substring(0, column.indexOf(' '))).collect(Collectors.joining(", "));
    }

    /** The columns with their SQL types; the machine is a partition, not a column of the files. */
    String columns() {
        return columns;
    }

    /** By what the rows of a file are ordered. */
    String order() {
        return order;
    }
}
