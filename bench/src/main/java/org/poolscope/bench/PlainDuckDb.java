package org.poolscope.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What a fleet's questions are measured against: DuckDB alone, summing up the bytes of each tag over the same Parquet files. */
final class PlainDuckDb {

    private PlainDuckDb() {
    }

    /** Sums up the files below the folder given and prints how many tags there are. */
    public static void main(String[] arguments) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:"); Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery("SELECT tag, sum(bytes) FROM read_parquet('" + arguments[0]
                        + "/*/*.parquet') GROUP BY tag")) {
            int tags = 0;
            while (answer.next()) {
                tags++;
            }
            System.out.println(tags + " tags");
        }
    }
}
