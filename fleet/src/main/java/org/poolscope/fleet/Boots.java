package org.poolscope.fleet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When the machines of a fleet were started anew: the counts of allocations since boot go back. A leak starts from nothing again, so
 * growth is looked for between boots.
 */
final class Boots {

    /** Counters are read one after another while the machine works; a machine that was started anew has counted far less. */
    private static final double BACK = 0.9;

    /**
     * A time a machine ran without a stop, in hours since 1970.
     *
     * @param from its first sample
     * @param to its last sample
     */
    record Run(double from, double to) {
    }

    private final Map<String, List<Run>> runs = new HashMap<>();
    private String machine;
    private double first;
    private double last;
    private long allocs;

    private Boots() {
    }

    static Boots find(FleetEngine engine, String totals) throws FleetException {
        Boots boots = new Boots();
        engine.ask("SELECT machine, hours, sum(allocs) AS allocs FROM " + totals + " WHERE source = 'tags' GROUP BY machine, hours"
                + " ORDER BY machine, hours", row -> boots.sample(row.text(0), row.real(1), row.number(2)));
        boots.close();
        return boots;
    }

    private void sample(String name, double hours, Long counted) {
        long now = counted == null ? allocs : counted;
        if (!name.equals(machine) || now < allocs * BACK) {
            close();
            machine = name;
            first = hours;
        }
        last = hours;
        allocs = now;
    }

    private void close() {
        if (machine != null) {
            runs.computeIfAbsent(machine, name -> new ArrayList<>()).add(new Run(first, last));
        }
        allocs = 0;
    }

    /** The machines that have samples. */
    List<String> machines() {
        return runs.keySet().stream().sorted().toList();
    }

    /** The runs of a machine, one after another. */
    List<Run> runs(String name) {
        return runs.getOrDefault(name, List.of());
    }
}
