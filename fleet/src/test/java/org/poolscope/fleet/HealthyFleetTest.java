package org.poolscope.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.diagnosis.Case;
import org.poolscope.diagnosis.CaseReader;
import org.poolscope.diagnosis.Confidence;
import org.poolscope.diagnosis.Diagnosis;
import org.poolscope.diagnosis.PoolLimits;
import org.poolscope.diagnosis.PoolTrends;
import org.poolscope.diagnosis.Verdict;
import org.poolscope.lab.FleetCase;
import org.poolscope.lab.FleetOptions;
import org.poolscope.model.Progress;

/** Machines on which nothing leaks, ten days with four samples a day: every way of asking must say so, and the same. */
class HealthyFleetTest {

    private static final int MACHINES = 20;
    private static final int TAGS = 40;

    @TempDir
    private Path folder;

    @Test
    void noWayOfAskingAccusesAHealthyMachine() throws Exception {
        for (long seed : new long[] {1, 12}) {
            Path machines = folder.resolve("machines-" + seed);
            FleetCase.write(machines, new FleetOptions(MACHINES, 0, 10, 4, TAGS, seed, Progress.NONE));
            Path data = folder.resolve("data-" + seed);
            SmallFleet.ingest(machines, data);
            try (FleetEngine engine = DuckEngine.on(FleetStore.open(data))) {
                assertThat(FleetLeaks.find(engine, 1 << 20)).as("fleet leaks").isEmpty();
                assertThat(FleetForecast.of(engine, Map.of())).as("fleet forecast").noneMatch(forecast -> forecast.shape().equals("leak"));
            }
            List<String> accused = new ArrayList<>();
            for (int machine = 1; machine <= MACHINES; machine++) {
                String name = "web-%03d".formatted(machine);
                try (Case subject = CaseReader.read(List.of(machines.resolve(name)), Progress.NONE)) {
                    Verdict verdict = Diagnosis.of(subject, Progress.NONE);
                    if (verdict.isProblem()) {
                        accused.add("diagnose " + name + ": " + verdict.sentence());
                    }
                    PoolTrends.of(subject, PoolLimits.BY_EVIDENCE).rows().stream()
                            .filter(row -> row.trend().isLeak() && row.confidence().level() != Confidence.Level.LOW)
                            .forEach(row -> accused.add("trend " + name + ": " + row));
                }
            }
            assertThat(accused).isEmpty();
        }
    }
}
