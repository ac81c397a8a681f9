package org.poolscope.logs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the tables of knowledge that are part of the program: fields separated by tabs, comments after {@code #} lines. */
public final class DataTable {

    private DataTable() {
    }

    /**
     * The rows of a table.
     *
     * @param name the resource, beside this class
     * @param columns how many fields each row has
     * @throws IllegalStateException when the program was built without it, or with a broken one
     */
    static List<List<String>> rows(String name, int columns) {
        return rows(DataTable.class, name, columns);
    }

    /**
     * The rows of a table of another package.
     *
     * @param beside the class beside which the resource stands
     * @param name the resource
     * @param columns how many fields each row has
     * @throws IllegalStateException when the program was built without it, or with a broken one
     */
    public static List<List<String>> rows(Class<?> beside, String name, int columns) {
        List<List<String>> rows = new ArrayList<>();
        try (InputStream in = beside.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no table " + name + " in the program");
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.isEmpty() && !line.startsWith("#")) {
                    List<String> fields = List.of(line.split("\t", -1));
                    if (fields.size() != columns) {
                        throw new IllegalStateException(name + " has a row of " + fields.size() + " fields: " + line);
                    }
                    rows.add(fields);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }
}
