package org.poolscope.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/**
 * A listing command's output: a table for people, one JSON object a line for programs. Rows are printed as they come; memory does not
 * grow with their number.
 *
 * @param <T> what one row is made from
 */
public final class Listing<T> {

    /** How many rows are looked at to choose the columns' widths. */
    private static final int ROWS_TO_MEASURE = 500;

    /** Writes one row's fields into an object that is already open. */
    @FunctionalInterface
    public interface Fields<T> {
        /** Writes the fields. */
        void write(T row, JsonGenerator out) throws IOException;
    }

    private record Column<T>(String header, boolean right, Function<T, String> text) {
    }

    private final List<Column<T>> columns = new ArrayList<>();
    private final Fields<T> fields;

    /** A listing whose rows have these JSON fields. */
    public Listing(Fields<T> fields) {
        this.fields = fields;
    }

    /** Adds a column of text, aligned to the left. */
    public Listing<T> text(String header, Function<T, String> text) {
        columns.add(new Column<>(header, false, text));
        return this;
    }

    /** Adds a column of figures, aligned to the right. */
    public Listing<T> number(String header, Function<T, String> text) {
        columns.add(new Column<>(header, true, text));
        return this;
    }

    /** Writes one row's fields into an object that is already open. */
    public void writeFields(T row, JsonGenerator out) throws IOException {
        fields.write(row, out);
    }

    /** Prints one JSON object a line. */
    public void printJson(Iterator<T> rows, Writer out) throws IOException {
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.setRootValueSeparator(null);
            while (rows.hasNext()) {
                json.writeStartObject();
                fields.write(rows.next(), json);
                json.writeEndObject();
                json.writeRaw('\n');
            }
        }
        out.flush();
    }

    /** Prints a table with a head line. */
    public void printText(Iterator<T> rows, Writer out) throws IOException {
        List<String[]> first = new ArrayList<>();
        while (rows.hasNext() && first.size() < ROWS_TO_MEASURE) {
            first.add(cells(rows.next()));
        }
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = columns.get(i).header().length();
            for (String[] cells : first) {
                widths[i] = Math.max(widths[i], cells[i].length());
            }
        }
        line(columns.stream().map(Column::header).toArray(String[]::new), widths, out);
        for (String[] cells : first) {
            line(cells, widths, out);
        }
        while (rows.hasNext()) {
            line(cells(rows.next()), widths, out);
        }
        out.flush();
    }

    private String[] cells(T row) {
        String[] cells = new String[columns.size()];
        for (int i = 0; i < cells.length; i++) {
            String text = columns.get(i).text().apply(row);
            cells[i] = text == null ? "-" : Plain.text(text);
        }
        return cells;
    }

    private void line(String[] cells, int[] widths, Writer out) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            String pad = " ".repeat(Math.max(0, widths[i] - cells[i].length()));
            line.append(i == 0 ? "" : "  ").append(columns.get(i).right() ? pad + cells[i] : cells[i] + pad);
        }
        out.write(line.toString().stripTrailing());
        out.write('\n');
    }
}
