package org.poolscope.fleet;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Properties;
import java.util.stream.Collectors;

/** A DuckDB of our own, in memory: it reads and writes the Parquet files and leaves nothing behind. */
final class Duck {

    /** What DuckDB may use for itself to answer questions; beyond it, it writes to temporary files. */
    static final String MEMORY_TO_ASK = "2GB";
    /** To take rows in: enough for one batch, and there are several at once. */
    static final String MEMORY_TO_WRITE = "384MB";

    private Duck() {
    }

    /**
     * Opens one.
     *
     * @param threads how many threads it may use
     * @param memory how much memory, as DuckDB writes it
     * @throws FleetException when its native library cannot be loaded here
     */
    static Connection open(int threads, String memory) throws FleetException {
        try {
            Properties settings = new Properties();
            settings.setProperty("memory_limit", memory);
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
        copy(connection, table, from + " ORDER BY " + table.order(), file);
    }

    /** The same for rows that are in that order already. */
    static void writeOrdered(Connection connection, FleetTable table, String from, Path file) throws SQLException {
        copy(connection, table, from, file);
    }

    private static void copy(Connection connection, FleetTable table, String from, Path file) throws SQLException {
        run(connection, "COPY (SELECT " + table.names() + " FROM " + from + ") TO " + quote(file.toString())
                + " (FORMAT parquet, COMPRESSION zstd)");
    }
}
