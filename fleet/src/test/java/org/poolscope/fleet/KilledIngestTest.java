package org.poolscope.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.Progress;

/** An ingest that is killed without warning, again and again: nothing is lost, nothing comes twice. */
class KilledIngestTest {

    private static final int KILLS = 20;

    @TempDir
    private Path folder;

    /** What the killed processes run. */
    static final class Victim {
        public static void main(String[] arguments) throws FleetException {
            Path evidence = Path.of(arguments[0]);
            try (FleetStore store = FleetStore.openToWrite(Path.of(arguments[1]))) {
                System.out.println("begun");
                FleetIngest.run(List.of(evidence), store, MachineNames.fromPaths(), 2, Progress.NONE);
            }
        }
    }

    @Test
    void twentyKillsLeaveAValidDataSetWithEveryRowOnce() throws Exception {
        Path machines = SmallFleet.evidence(folder);
        Path clean = folder.resolve("clean");
        SmallFleet.ingest(machines, clean);
        Path data = folder.resolve("data");
        Random random = new Random(11);
        int killedAtWork = 0;
        for (int i = 0; i < KILLS; i++) {
            Process victim = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                    System.getProperty("java.class.path"), Victim.class.getName(), machines.toString(), data.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            victim.inputReader().readLine();
            victim.waitFor(random.nextInt(400), TimeUnit.MILLISECONDS);
            killedAtWork += victim.isAlive() ? 1 : 0;
            victim.destroyForcibly().waitFor();
            // Whoever asks now gets whole machines, none of them twice.
            assertThat(rows(data, "SELECT machine, count(*), count(DISTINCT time) FROM SAMPLES GROUP BY machine"))
                    .allMatch(row -> row.endsWith("|" + SmallFleet.TAGS * SmallFleet.SAMPLES + "|" + SmallFleet.SAMPLES));
        }

        SmallFleet.ingest(machines, data);

        assertThat(killedAtWork).isGreaterThan(3);
        String everything = "SELECT machine || '|' || CAST(time AS VARCHAR) || '|' || tag || '|' || pool, allocs, bytes FROM SAMPLES ORDER BY 1";
        assertThat(rows(data, everything)).isEqualTo(rows(clean, everything));
        String totals = "SELECT machine || '|' || CAST(time AS VARCHAR) || '|' || pool || '|' || source, bytes, maximum FROM TOTALS ORDER BY 1";
        assertThat(rows(data, totals)).isEqualTo(rows(clean, totals));
        String inventory = "SELECT machine || '|' || kind || '|' || name || '|' || coalesce(value, ''), 0, 0 FROM INVENTORY ORDER BY 1";
        assertThat(rows(data, inventory)).isEqualTo(rows(clean, inventory));
    }

    private static List<String> rows(Path data, String question) throws FleetException {
        List<String> rows = new ArrayList<>();
        try (FleetEngine engine = DuckEngine.on(FleetStore.open(data))) {
            engine.ask(question.replace("SAMPLES", engine.view(FleetTable.SAMPLES, null)).replace("TOTALS", engine.view(FleetTable.TOTALS, null))
                    .replace("INVENTORY", engine.view(FleetTable.INVENTORY, null)),
                    row -> rows.add(row.text(0) + "|" + row.number(1) + "|" + row.number(2)));
        }
        return rows;
    }
}
