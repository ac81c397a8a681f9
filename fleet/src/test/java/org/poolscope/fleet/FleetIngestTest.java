package org.poolscope.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.Progress;

class FleetIngestTest {

    @TempDir
    static Path shared;

    private static Path machines;

    @TempDir
    private Path folder;

    @BeforeAll
    static void make() throws IOException {
        machines = SmallFleet.evidence(shared);
    }

    private static List<String> ask(Path data, String question) throws FleetException {
        List<String> rows = new ArrayList<>();
        try (FleetEngine engine = DuckEngine.on(FleetStore.open(data))) {
            engine.ask(question.replace("SAMPLES", engine.view(FleetTable.SAMPLES, null)).replace("TOTALS", engine.view(FleetTable.TOTALS, null))
                    .replace("INVENTORY", engine.view(FleetTable.INVENTORY, null)), row -> rows.add(row.text(0)));
        }
        return rows;
    }

    @Test
    void everyRowOfTheLogsIsInTheDataSetOnce() throws Exception {
        IngestReport report = SmallFleet.ingest(machines, folder.resolve("data"));

        long expected = (long) SmallFleet.MACHINES * SmallFleet.TAGS * SmallFleet.SAMPLES;
        assertThat(report.rows()).isEqualTo(expected);
        assertThat(report.machines()).isEqualTo(SmallFleet.MACHINES);
        assertThat(ask(folder.resolve("data"), "SELECT count(*) FROM SAMPLES")).containsExactly(Long.toString(expected));
        assertThat(ask(folder.resolve("data"), "SELECT count(*) FROM (SELECT DISTINCT machine, time, tag, pool FROM SAMPLES) x"))
                .containsExactly(Long.toString(expected));
    }

    /** The figures are counted in the text with nothing but string functions. */
    @Test
    void figuresAreThoseOfTheText() throws Exception {
        SmallFleet.ingest(machines, folder.resolve("data"));

        long bytes = 0;
        for (String line : Files.readAllLines(machines.resolve("web-004/poolmon.log"))) {
            if (line.startsWith(" Io   Nonp ")) {
                bytes += Long.parseLong(line.strip().split("\\s+")[5]);
            }
        }
        assertThat(bytes).isPositive();
        assertThat(ask(folder.resolve("data"), "SELECT CAST(sum(bytes) AS BIGINT) FROM SAMPLES WHERE machine = 'web-004' AND tag = 'Io  '"))
                .containsExactly(Long.toString(bytes));
        assertThat(ask(folder.resolve("data"), "SELECT DISTINCT value FROM INVENTORY WHERE machine = 'web-004' AND name = 'OS Version'"))
                .containsExactly("5.2.3790 Service Pack 2 Build 3790");
    }

    @Test
    void theSameFilesAgainChangeNothing() throws Exception {
        SmallFleet.ingest(machines, folder.resolve("data"));
        List<String> before = ask(folder.resolve("data"), "SELECT sum(bytes) FROM SAMPLES");

        IngestReport again = SmallFleet.ingest(machines, folder.resolve("data"));

        assertThat(again.filesTaken()).isZero();
        assertThat(again.rows()).isZero();
        assertThat(ask(folder.resolve("data"), "SELECT sum(bytes) FROM SAMPLES")).isEqualTo(before);
    }

    @Test
    void aCopyOfAFileUnderAnotherNameChangesNothing() throws Exception {
        Path own = folder.resolve("own/web-9");
        Files.createDirectories(own);
        Files.copy(machines.resolve("web-004/poolmon.log"), own.resolve("a.log"));
        SmallFleet.ingest(folder.resolve("own"), folder.resolve("data"));
        Files.copy(own.resolve("a.log"), own.resolve("b.log"));

        IngestReport again = SmallFleet.ingest(folder.resolve("own"), folder.resolve("data"));

        assertThat(again.filesTaken()).isZero();
        assertThat(again.filesKnown()).isEqualTo(2);
    }

    @Test
    void ofALogThatGrewOnlyTheNewSnapshotsAreTaken() throws Exception {
        Path own = Files.createDirectories(folder.resolve("own/web-9"));
        String text = Files.readString(machines.resolve("web-004/poolmon.log"));
        int half = text.indexOf("2007-03-11 00:00:00");
        Files.writeString(own.resolve("poolmon.log"), text.substring(0, half));
        IngestReport first = SmallFleet.ingest(folder.resolve("own"), folder.resolve("data"));
        Files.writeString(own.resolve("poolmon.log"), text.substring(half), StandardOpenOption.APPEND);

        IngestReport second = SmallFleet.ingest(folder.resolve("own"), folder.resolve("data"));

        assertThat(first.snapshotsTaken()).isEqualTo(40);
        assertThat(second.snapshotsTaken()).isEqualTo(40);
        assertThat(second.snapshotsKnown()).isEqualTo(40);
        assertThat(ask(folder.resolve("data"), "SELECT count(*) FROM SAMPLES"))
                .containsExactly(Integer.toString(SmallFleet.TAGS * SmallFleet.SAMPLES));
    }

    @Test
    void badFilesAreListedWithTheReasonAndStopNothing() throws Exception {
        IngestReport report = SmallFleet.ingest(machines, folder.resolve("data"));

        assertThat(report.bad()).extracting(bad -> Path.of(bad.file()).getFileName() + ": " + bad.reason())
                .containsExactlyInAnyOrder("empty.log: the file is empty. Collect it again; the copy may have failed",
                        "notes.doc: nothing Poolscope knows");
    }

    @Test
    void eventLogsOfAllFormsAreCountedAndReadOnce() throws Exception {
        Path own = Files.createDirectories(folder.resolve("own/web-9"));
        List<Path> logs;
        try (Stream<Path> all = Files.walk(machines)) {
            logs = all.filter(file -> file.getFileName().toString().matches("sysevent.evt|system.evtx|events.(txt|xml)")).toList();
        }
        for (Path log : logs) {
            Files.copy(log, own.resolve(log.getParent().getFileName() + "-" + log.getFileName()));
        }
        assertThat(logs).extracting(log -> log.getFileName().toString())
                .contains("sysevent.evt", "system.evtx", "events.txt", "events.xml").hasSize(11);

        IngestReport withOthers = SmallFleet.ingest(machines, folder.resolve("data"));
        IngestReport alone = SmallFleet.ingest(folder.resolve("own"), folder.resolve("none"));
        IngestReport again = SmallFleet.ingest(folder.resolve("own"), folder.resolve("none"));

        assertThat(withOthers.eventLogs()).isEqualTo(logs.size());
        assertThat(withOthers.warnings()).isEmpty();
        assertThat(alone).isEqualTo(new IngestReport(0, 0, 0, 0, 0, 0, logs.size(), List.of(), List.of()));
        assertThat(again).isEqualTo(new IngestReport(0, 0, logs.size(), 0, 0, 0, 0, List.of(), List.of()));
    }

    @Test
    void manyPartsOfAMachineArePutTogetherAndNothingChanges() throws Exception {
        Path own = Files.createDirectories(folder.resolve("own/web-9"));
        String text = Files.readString(machines.resolve("web-004/poolmon.log"));
        String[] snapshots = text.split("(?m)^(?=2007-)");
        int taken = 0;
        for (String snapshot : snapshots) {
            if (!snapshot.isBlank() && taken < 20) {
                Files.writeString(own.resolve("snap-" + taken++ + ".log"), snapshot);
                SmallFleet.ingest(folder.resolve("own"), folder.resolve("data"));
            }
        }

        try (FleetStore store = FleetStore.openToWrite(folder.resolve("data"))) {
            assertThat(store.files(FleetTable.SAMPLES, null)).hasSizeLessThanOrEqualTo(9).allMatch(Files::exists);
        }
        assertThat(ask(folder.resolve("data"), "SELECT count(*) FROM SAMPLES")).containsExactly(Integer.toString(SmallFleet.TAGS * 20));
        assertThat(ask(folder.resolve("data"), "SELECT count(DISTINCT time) FROM SAMPLES")).containsExactly("20");
    }

    @Test
    void whatNoCommitNamesIsNotPartOfTheDataSet() throws Exception {
        SmallFleet.ingest(machines, folder.resolve("data"));
        Path stray = folder.resolve("data/samples/machine=web-001/part-0.parquet");
        Files.writeString(stray, "left by a killed process");
        List<String> rows = ask(folder.resolve("data"), "SELECT count(*) FROM SAMPLES");

        SmallFleet.ingest(machines, folder.resolve("data"));

        assertThat(stray).doesNotExist();
        assertThat(ask(folder.resolve("data"), "SELECT count(*) FROM SAMPLES")).isEqualTo(rows);
    }

    @Test
    void onlyOneProcessMayAdd() throws Exception {
        try (FleetStore first = FleetStore.openToWrite(folder.resolve("data"))) {
            assertThatThrownBy(() -> FleetStore.openToWrite(folder.resolve("data"))).isInstanceOf(FleetException.class)
                    .hasMessageContaining("by another process");
            assertThat(first.root()).exists();
        }
    }

    @Test
    void aFolderWithOtherFilesIsNotWrittenTo() throws Exception {
        Files.writeString(folder.resolve("letter.txt"), "Dear Sir");

        assertThatThrownBy(() -> FleetStore.openToWrite(folder)).isInstanceOf(FleetException.class)
                .hasMessageContaining("holds other files");
        assertThat(folder.resolve("commits")).doesNotExist();
    }

    @Test
    void namesOfMachinesThatNoFolderBearsComeBackWhole() throws Exception {
        String odd = "srv/.. 7+é=%41";
        Path log = machines.resolve("web-004/poolmon.log");
        try (FleetStore store = FleetStore.openToWrite(folder.resolve("data"))) {
            FleetIngest.run(List.of(log), store, MachineNames.always(odd), 1, Progress.NONE);
            assertThat(store.machines(FleetTable.SAMPLES)).containsExactly(odd);
        }
        assertThat(ask(folder.resolve("data"), "SELECT DISTINCT machine FROM SAMPLES")).containsExactly(odd);
    }
}
