package org.poolscope.fleet;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Collectors;

/** A DuckDB of our own, in memory: it reads and writes the Parquet files and leaves nothing behind. */
final class Duck {

    /** What DuckDB may use for itself; beyond it, it writes to temporary files. */
    private static final String MEMORY = "2GB";

    private Duck() {
    }

    /**
     * Opens one.
     *
     * @param threads how many threads it may use
     * @throws FleetException when its native library cannot be loaded here
     */
    static Connection open(int threads) throws FleetException {
        try {
            Properties settings = new Properties();
            settings.setProperty("memory_limit", MEMORY);
            settings.setProperty("threads", Integer.toString(threads));
            settings.setProperty("temp_directory", Path.of(System.getProperty("java.io.tmpdir"), "poolscope-duckdb").toString());
            return DriverManager.getConnection("jdbc:duckdb:", settings);
        } catch (SQLException e) {
            throw new FleetException("the query engine cannot be started: " + e.getMessage(), e);
        }
    }

    static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static String quote(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** What to write behind FROM to read Parquet files of the data set, with the machine as a column. */
    static String parquet(Collection<Path> files) {
        return files.stream().map(file -> quote(file.toString())).collect(Collectors.joining(", ", "read_parquet([",
                "], hive_partitioning = true, hive_types = {'machine': VARCHAR})"));
    }

    /** Writes a table's rows to a Parquet file in the order that its readers like. */
    static void write(Connection connection, FleetTable table, String from, Path file) throws SQLException {
        String columns = java.util.Arrays.stream(table.columns().split(", ")).map(column -> column.substring(0, column.indexOf(' ')))
                .collect(Collectors.joining(", "));
        run(connection, String.format(Locale.ROOT, "COPY (SELECT %s FROM %s ORDER BY %s) TO %s (FORMAT parquet, COMPRESSION zstd)",
                columns, from, table.order(), quote(file.toString())));
    }
}
