package org.poolscope.kernel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.poolscope.model.RealEvidence;

/**
 * Reads the truth tables that lie beside the images: comma-separated, text in quotes where it needs them, totals in lines with a
 * #.
 */
public final class CsvTable {

    private CsvTable() {
    }

    /** The rows of a table of the {@code dumps} folder, by column name. */
    public static List<Map<String, String>> read(String name) {
        List<Map<String, String>> rows = new ArrayList<>();
        List<String> names = null;
        for (String line : RealEvidence.text("dumps/" + name).split("\r?\n")) {
            List<String> cells = cells(line);
            if (names == null) {
                names = cells;
            } else if (!line.startsWith("#")) {
                Map<String, String> row = new LinkedHashMap<>();
                for (int i = 0; i < names.size(); i++) {
                    row.put(names.get(i), cells.get(i));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                if (quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                    cell.append('"');
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (c == ',' && !quoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString());
        return cells;
    }
}
