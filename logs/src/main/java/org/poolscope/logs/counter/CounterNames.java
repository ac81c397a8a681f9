package org.poolscope.logs.counter;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.poolscope.logs.DataTable;
import org.poolscope.model.Counter;

/** Which counter a path names, in English and in the languages of the tables; and what stands where in the object Memory. */
final class CounterNames {

    /**
     * The counters of the object Memory in the order Windows lists them, whatever the language. Source:
     * {@code typeperf -q Memory}
     * of Windows XP to 11, as published lists have it; later versions only add to its end.
     */
    private static final Map<Integer, Counter> PLACES = Map.of(1, Counter.AVAILABLE_BYTES, 2, Counter.COMMITTED_BYTES,
            3, Counter.COMMIT_LIMIT, 12, Counter.POOL_PAGED_BYTES, 13, Counter.POOL_NONPAGED_BYTES, 15, Counter.POOL_PAGED_ALLOCS,
            16, Counter.POOL_NONPAGED_ALLOCS, 17, Counter.FREE_SYSTEM_PTES, 18, Counter.CACHE_BYTES,
            20, Counter.POOL_PAGED_RESIDENT_BYTES);

    /** Where Available Bytes, Available KBytes and Available MBytes stand: their ratio proves the order. */
    static final int AVAILABLE_BYTES = 1;
    static final int AVAILABLE_KILOBYTES = 27;
    static final int AVAILABLE_MEGABYTES = 28;

    /** So many counters the object had in Windows XP; it never had fewer since. */
    static final int FEWEST = 29;

    private static final Map<String, Counter> NAMES = names();
    private static final Set<String> MEMORY = memory();

    private CounterNames() {
    }

    private static Map<String, Counter> names() {
        Map<String, Counter> names = new HashMap<>();
        for (Counter counter : Counter.values()) {
            names.putIfAbsent(counter.english().toLowerCase(Locale.ROOT), counter);
        }
        for (List<String> row : DataTable.rows(CounterNames.class, "counters.tsv", 2)) {
            for (String name : row.get(1).split("\\|")) {
                names.put(name, Counter.valueOf(row.get(0)));
            }
        }
        return Map.copyOf(names);
    }

    private static Set<String> memory() {
        Set<String> names = new HashSet<>();
        DataTable.rows(CounterNames.class, "objects.tsv", 1).forEach(row -> names.add(row.getFirst()));
        return Set.copyOf(names);
    }

    /** The counter a path names; empty for those that tell nothing about pool. */
    static Optional<Counter> of(CounterPath path) {
        Counter counter = NAMES.get(path.counter().toLowerCase(Locale.ROOT));
        if (counter == null) {
            return Optional.empty();
        }
        boolean process = path.instance() != null;
        return switch (counter) {
            case POOL_PAGED_BYTES -> process ? Optional.of(Counter.PROCESS_POOL_PAGED_BYTES) : ofMemory(path, counter);
            case POOL_NONPAGED_BYTES -> process ? Optional.of(Counter.PROCESS_POOL_NONPAGED_BYTES) : ofMemory(path, counter);
            case PROCESS_HANDLES -> process ? Optional.of(counter) : Optional.empty();
            case SYSTEM_UP_TIME -> process ? Optional.empty() : Optional.of(counter);
            default -> process ? Optional.empty() : ofMemory(path, counter);
        };
    }

    private static Optional<Counter> ofMemory(CounterPath path, Counter counter) {
        return MEMORY.contains(path.object().toLowerCase(Locale.ROOT)) ? Optional.of(counter) : Optional.empty();
    }

    /** The counter at a place of the object Memory, from 0; empty for those that tell nothing about pool. */
    static Optional<Counter> at(int place) {
        return Optional.ofNullable(PLACES.get(place));
    }
}
