package org.poolscope.fleet;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkException;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Apache Spark: the same questions to the same Parquet files, on one machine or on a cluster that sees them at the same path. */
final class SparkEngine implements FleetEngine {

    private final FleetStore store;
    private final SparkSession session;
    private int views;

    private SparkEngine(FleetStore store, SparkSession session) {
        this.store = store;
        this.session = session;
    }

    static SparkEngine on(FleetStore store, String master) throws FleetException {
        return new SparkEngine(store, session(master));
    }

    /** A session on a master; there is one in a process. */
    static SparkSession session(String master) throws FleetException {
        try {
            return SparkSession.builder().appName("poolscope fleet").master(master)
                    .config("spark.ui.enabled", "false")
                    .config("spark.sql.session.timeZone", "UTC")
                    // A machine may be named 007.
                    .config("spark.sql.sources.partitionColumnTypeInference.enabled", "false")
                    .config("spark.sql.shuffle.partitions", Integer.toString(Math.max(4, Runtime.getRuntime().availableProcessors() * 2)))
                    .getOrCreate();
        } catch (RuntimeException e) {
            throw new FleetException("Spark cannot be started on " + master + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String name() {
        return "spark";
    }

    @Override
    public String view(FleetTable table, Collection<String> machines) throws FleetException {
        String name = table.word() + "_" + views++;
        String[] files = store.files(table, machines).stream().map(Path::toString).toArray(String[]::new);
        Dataset<org.apache.spark.sql.Row> rows;
        if (files.length == 0) {
            rows = session.createDataFrame(List.of(), StructType.fromDDL(table.sparkColumns() + ", machine STRING"));
        } else {
            rows = session.read().option("basePath", store.root().resolve(table.word()).toString()).parquet(files);
        }
        // The files hold times of the machines' own clocks, which are in no zone; the session's is UTC so that none is added.
        rows.withColumn("hours", functions.expr("unix_micros(CAST(time AS TIMESTAMP)) / 3600000000D")).createOrReplaceTempView(name);
        return name;
    }

    @Override
    public String view(List<String> columns, List<List<String>> rows) {
        String name = "given_" + views++;
        StructType type = new StructType();
        for (String column : columns) {
            type = type.add(column, DataTypes.StringType);
        }
        session.createDataFrame(rows.stream().map(row -> RowFactory.create(row.toArray())).toList(), type).createOrReplaceTempView(name);
        return name;
    }

    @Override
    public void ask(String sql, RowHandler handler) throws FleetException {
        try {
            Iterator<org.apache.spark.sql.Row> answer = session.sql(sql).toLocalIterator();
            while (answer.hasNext()) {
                handler.row(new AnswerRow(answer.next()));
            }
        } catch (RuntimeException e) {
            throw failed(e);
        } catch (FleetException e) {
            throw e;
        } catch (Exception e) {
            // Spark's checked exceptions come out of Scala code undeclared.
            if (e instanceof SparkException || e instanceof AnalysisException) {
                throw failed(e);
            }
            throw e;
        }
    }

    private FleetException failed(Exception e) {
        return new FleetException("the question to " + store.root() + " failed: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        session.stop();
    }

    private record AnswerRow(org.apache.spark.sql.Row answer) implements Row {

        @Override
        public String text(int column) {
            Object value = answer.get(column);
            return value == null ? null : value.toString();
        }

        @Override
        public Long number(int column) {
            return answer.get(column) instanceof Number value ? Long.valueOf(value.longValue()) : null;
        }

        @Override
        public Double real(int column) {
            return answer.get(column) instanceof Number value ? Double.valueOf(value.doubleValue()) : null;
        }
    }
}
