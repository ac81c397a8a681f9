package org.poolscope.memory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.poolscope.model.RealEvidence;

/** One of the CSV files beside the real images: rows as maps from column to text. */
final class TruthTable {

    private TruthTable() {
    }

    static List<Map<String, String>> rows(String file) {
        List<String> lines = RealEvidence.text("dumps/" + file).lines().toList();
        String[] columns = lines.getFirst().split(",");
        List<Map<String, String>> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",", -1);
            Map<String, String> row = new HashMap<>();
            for (int i = 0; i < columns.length && i < cells.length; i++) {
                row.put(columns[i], cells[i]);
            }
            rows.add(row);
        }
        return rows;
    }
}
