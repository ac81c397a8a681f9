package org.poolscope.app.watch;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.poolscope.diagnosis.Case;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolSnapshot;

/** The tables of logs, one after another: in the order of their times, or as they stand in the logs where none has a time. */
public final class Replay implements SampleSource {

    private final String name;
    private final List<PoolSample> samples;
    private int next;

    private Replay(String name, List<PoolSample> samples) {
        this.name = name;
        this.samples = samples;
    }

    /**
     * What a case holds to show.
     *
     * @throws EvidenceException when there is no table of pool use by tag in it
     */
    public static Replay of(Case logs) throws EvidenceException {
        List<PoolSnapshot> tables = new ArrayList<>(logs.facts(PoolSnapshot.class));
        if (tables.isEmpty()) {
            throw new EvidenceException(Path.of(logs.name()), "", "there is no table of pool use by tag in it",
                    "Name a PoolMon log, a !poolused listing or a dump");
        }
        if (tables.stream().anyMatch(table -> table.taken() != null)) {
            tables.removeIf(table -> table.taken() == null);
            tables.sort(Comparator.comparing(PoolSnapshot::taken));
        }
        List<MemoryCounters> totals = logs.facts(MemoryCounters.class);
        List<PoolSample> samples = tables.stream().map(table -> new PoolSample(table.taken(), table, totals(totals,
                table))).toList();
        return new Replay(logs.name(), samples);
    }

    private static MemoryCounters totals(List<MemoryCounters> all, PoolSnapshot table) {
        return all.stream().filter(one -> one.seenAt().equals(table.seenAt())).findFirst()
                .or(() -> all.stream().filter(one -> one.seenAt().file().equals(table.seenAt().file()) && sameTime(one.taken(),
                        table.taken()))
                        .findFirst())
                .orElse(null);
    }

    private static boolean sameTime(LocalDateTime one, LocalDateTime other) {
        return one != null && one.equals(other);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isLive() {
        return false;
    }

    @Override
    public int count() {
        return samples.size();
    }

    @Override
    public Optional<PoolSample> next() {
        return next < samples.size() ? Optional.of(samples.get(next++)) : Optional.empty();
    }
}
