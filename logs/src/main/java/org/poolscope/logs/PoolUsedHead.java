package org.poolscope.logs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.poolscope.model.PoolKind;

/**
 * The line of column names over a {@code !poolused} table: {@code Tag Allocs Used Allocs Used}, or with flag 1
 * {@code Tag Allocs Frees Diff Used} once for each pool.
 *
 * @param groups how many pools the table shows
 * @param width columns of each pool: 2, or 4 with frees and difference
 * @param tagAt where the word {@code Tag} begins; tags begin there too when the table still has its blanks
 * @param aligned whether the table still has its blanks; on some pages they were collapsed
 * @param ends where each column's name ends; numbers end there too when the table still has its blanks
 */
record PoolUsedHead(int groups, int width, int tagAt, boolean aligned, List<Integer> ends) {

    private static final List<String> NARROW = List.of("Allocs", "Used");
    private static final List<String> WIDE = List.of("Allocs", "Frees", "Diff", "Used");
    private static final int LONGEST_HEAD = 400;

    PoolUsedHead {
        ends = List.copyOf(ends);
    }

    /** Number columns of the whole table. */
    int columns() {
        return groups * width;
    }

    static Optional<PoolUsedHead> of(String line) {
        int tagAt = Cells.firstNonBlank(line);
        if (line.length() > LONGEST_HEAD || !line.startsWith("Tag", tagAt)) {
            return Optional.empty();
        }
        List<String> words = new ArrayList<>();
        List<Integer> ends = new ArrayList<>();
        Cells cells = new Cells(line, tagAt + 3);
        while (cells.skipBlanks() && !cells.atEnd()) {
            int from = cells.position();
            while (!cells.atEnd() && !Cells.isBlank(cells.peek())) {
                cells.take(cells.peek());
            }
            words.add(line.substring(from, cells.position()));
            ends.add(cells.position());
        }
        List<String> group = words.contains("Frees") ? WIDE : NARROW;
        int groups = words.size() / group.size();
        if (!cells.atEnd() || groups < 1 || groups > 2 || words.size() != groups * group.size()) {
            return Optional.empty();
        }
        for (int i = 0; i < words.size(); i++) {
            if (!words.get(i).equals(group.get(i % group.size()))) {
                return Optional.empty();
            }
        }
        return Optional.of(new PoolUsedHead(groups, group.size(), tagAt, line.indexOf("  ", tagAt) > 0, ends));
    }

    /** The pools named on the line above, in order; empty when it is another line. */
    static List<PoolKind> pools(String line) {
        List<PoolKind> pools = new ArrayList<>();
        Cells cells = new Cells(line, 0);
        cells.skipBlanks();
        while (!cells.atEnd()) {
            if (cells.take("NonPaged")) {
                pools.add(PoolKind.NONPAGED);
            } else if (cells.take("Paged")) {
                pools.add(PoolKind.PAGED);
            } else {
                return List.of();
            }
            if (!cells.skipBlanks() && !cells.atEnd() || pools.size() > 2) {
                return List.of();
            }
        }
        return pools;
    }

    /** Whether a line begins a {@code !poolused} listing. */
    static boolean begins(String line) {
        String text = Cells.strip(line);
        return text.startsWith("Sorting by ") || text.equals("Pool Used:") || of(line).isPresent();
    }
}
