package org.poolscope.fleet;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/** DuckDB, in this process. */
public final class DuckEngine implements FleetEngine {

    private final FleetStore store;
    private final Connection connection;
    private int views;

    private DuckEngine(FleetStore store, Connection connection) {
        this.store = store;
        this.connection = connection;
    }

    /**
     * Starts the engine on a data set.
     *
     * @throws FleetException when it cannot be started here
     */
    public static DuckEngine on(FleetStore store) throws FleetException {
        return new DuckEngine(store, Duck.open(Runtime.getRuntime().availableProcessors(), Duck.MEMORY_TO_ASK));
    }

    @Override
    public String name() {
        return "duckdb";
    }

    @Override
    public String view(FleetTable table, Collection<String> machines) throws FleetException {
        List<Path> files = store.files(table, machines);
        String name = table.word() + "_" + views++;
        String hours = "epoch(time) / 3600.0 AS hours";
        try {
            if (files.isEmpty()) {
                Duck.run(connection, "CREATE TEMP TABLE empty_" + name + " (" + table.duckColumns() + ", machine VARCHAR)");
                Duck.run(connection, "CREATE TEMP VIEW " + name + " AS SELECT *, " + hours + " FROM empty_" + name);
            } else {
                Duck.run(connection, "CREATE TEMP VIEW " + name + " AS SELECT *, " + hours + " FROM " + Duck.parquet(files));
            }
            return name;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    @Override
    public String view(List<String> columns, List<List<String>> rows) throws FleetException {
        String name = "given_" + views++;
        try {
            Duck.run(connection, "CREATE TEMP TABLE " + name
                    + columns.stream().map(column -> column + " VARCHAR").collect(Collectors.joining(", ", " (", ")")));
            try (DuckDBAppender out = connection.unwrap(DuckDBConnection.class).createAppender("temp", "main", name)) {
                for (List<String> row : rows) {
                    out.beginRow();
                    for (String value : row) {
                        out.append(value);
                    }
                    out.endRow();
                }
            }
            return name;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    @Override
    public void ask(String sql, RowHandler handler) throws FleetException {
        try (Statement statement = connection.createStatement(); ResultSet answer = statement.executeQuery(sql)) {
            Row row = new AnswerRow(answer);
            while (answer.next()) {
                handler.row(row);
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private FleetException failed(SQLException e) {
        return new FleetException("the question to " + store.root() + " failed: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            return;   // nothing was written that could be lost
        }
    }

    private record AnswerRow(ResultSet answer) implements Row {

        @Override
        public String text(int column) throws FleetException {
            try {
                return answer.getString(column + 1);
            } catch (SQLException e) {
                throw new FleetException(e.getMessage(), e);
            }
        }

        @Override
        public Long number(int column) throws FleetException {
            try {
                long value = answer.getLong(column + 1);
                return answer.wasNull() ? null : value;
            } catch (SQLException e) {
                throw new FleetException(e.getMessage(), e);
            }
        }

        @Override
        public Double real(int column) throws FleetException {
            try {
                double value = answer.getDouble(column + 1);
                return answer.wasNull() ? null : value;
            } catch (SQLException e) {
                throw new FleetException(e.getMessage(), e);
            }
        }
    }
}
