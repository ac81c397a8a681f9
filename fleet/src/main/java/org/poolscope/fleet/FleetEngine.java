package org.poolscope.fleet;

import java.util.Collection;
import java.util.List;

/**
 * Runs the fleet's questions, which are plain SQL that every engine understands. Each engine gives the tables as views whose column
 * {@code hours} (a DOUBLE, hours since 1970 in the machine's own time) stands beside {@code time}, since engines differ in how they
 * reckon with times.
 */
public interface FleetEngine extends AutoCloseable {

    /** Takes the rows of an answer one by one. */
    @FunctionalInterface
    interface RowHandler {

        /** A row; valid during the call only. */
        void row(Row row) throws FleetException;
    }

    /** A row of an answer; columns are counted from 0. */
    interface Row {

        /** A text; {@code null} when there is none. */
        String text(int column) throws FleetException;

        /** A whole number; {@code null} when there is none. */
        Long number(int column) throws FleetException;

        /** A number; {@code null} when there is none. */
        Double real(int column) throws FleetException;
    }

    /** The engine's name, as the user gives it. */
    String name();

    /**
     * The name of a view of a table, made anew.
     *
     * @param machines only of these machines, whose files alone are opened; {@code null} for all
     */
    String view(FleetTable table, Collection<String> machines) throws FleetException;

    /**
     * Makes a view of rows of text the program itself holds.
     *
     * @param columns the names of the columns
     * @return the view's name
     */
    String view(List<String> columns, List<List<String>> rows) throws FleetException;

    /** Asks, and hands on each row of the answer. */
    void ask(String sql, RowHandler handler) throws FleetException;

    @Override
    void close();
}
