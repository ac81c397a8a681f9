package org.poolscope.fleet;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The tables of a fleet's data set. Each is a folder of Parquet files, one folder below it for each machine. */
public enum FleetTable {
    /** Use of one pool by one tag at one time: {@code time, tag, pool, allocs, frees, outstanding, bytes}. */
    SAMPLES("tag, pool, time", new Column("time", Type.TIME), new Column("tag", Type.TEXT), new Column("pool", Type.TEXT),
            new Column("allocs", Type.NUMBER), new Column("frees", Type.NUMBER), new Column("outstanding", Type.NUMBER),
            new Column("bytes", Type.NUMBER)),
    /**
     * A pool as a whole at one time: {@code time, pool, source, bytes, maximum, allocs}. The source is {@code tags} (the sum over a
     * table of tags) or {@code counters} (the memory manager's own totals, which alone know a maximum).
     */
    TOTALS("pool, source, time", new Column("time", Type.TIME), new Column("pool", Type.TEXT), new Column("source", Type.TEXT),
            new Column("bytes", Type.NUMBER), new Column("maximum", Type.NUMBER), new Column("allocs", Type.NUMBER)),
    /** What is installed, running or set on a machine: {@code time, kind, name, value}. */
    INVENTORY("kind, name, value, time", new Column("time", Type.TIME), new Column("kind", Type.TEXT), new Column("name", Type.TEXT),
            new Column("value", Type.TEXT));

    /** What a column holds, as the engines call it. */
    enum Type {
        /** A time of the machine's own clock, in no zone. */
        TIME("TIMESTAMP", "TIMESTAMP_NTZ"),
        /** Text. */
        TEXT("VARCHAR", "STRING"),
        /** A whole number of 64 bits. */
        NUMBER("BIGINT", "BIGINT");

        private final String duck;
        private final String spark;

        Type(String duck, String spark) {
            this.duck = duck;
            this.spark = spark;
        }
    }

    /** A column of a table's files. */
    private record Column(String name, Type type) {
    }

    private final List<Column> columns;
    private final String order;

    FleetTable(String order, Column... columns) {
        this.columns = List.of(columns);
        this.order = order;
    }

    /** The name of the folder, and of the view in SQL. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The names of the columns, as SQL lists them; the machine is a partition, not a column of the files. */
    String names() {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    /** The columns with their types, as DuckDB wants them to make a table. */
    String duckColumns() {
        return columns.stream().map(column -> column.name() + " " + column.type().duck).collect(Collectors.joining(", "));
    }

    /** The columns with their types, as Spark wants them. */
    String sparkColumns() {
        return columns.stream().map(column -> column.name() + " " + column.type().spark).collect(Collectors.joining(", "));
    }

    /** By what the rows of a file are ordered. */
    String order() {
        return order;
    }
}
