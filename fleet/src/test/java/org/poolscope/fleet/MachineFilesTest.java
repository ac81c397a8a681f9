package org.poolscope.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose a file is, told by where it lies and what it is called. */
class MachineFilesTest {

    @TempDir
    private Path folder;

    private void files(String... names) throws IOException {
        for (String name : names) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
    }

    private Map<String, List<Path>> machines(String... roots) {
        List<IngestReport.BadFile> bad = new ArrayList<>();
        Map<String, List<Path>> machines = MachineFiles.find(Arrays.stream(roots).map(folder::resolve).toList(), MachineNames.fromPaths(), bad);
        assertThat(bad).isEmpty();
        return machines;
    }

    @Test
    void aFolderOfOneMachinesEvidenceIsThatMachineHoweverItIsNamed() throws IOException {
        files("all/SRV1/MEMORY.DMP", "all/SRV1/poolmon-1.txt", "all/SRV1/poolmon-2.txt", "all/SRV1/minidump/Mini030926-01.dmp", "all/SRV1/notes.txt",
                "all/srv2/event-2019.txt", "all/srv2/System.evtx", "all/srv2/pktinfo.txt", "all/srv2/referrals.pcap");
        Map<String, List<Path>> byParent = machines("all");
        assertThat(byParent).containsOnlyKeys("srv1", "srv2");
        assertThat(machines("all/SRV1", "all/srv2")).isEqualTo(byParent);
    }

    @Test
    void aFolderOfManyMachinesLogsIsTakenApartByTheirNames() throws IOException {
        files("logs/web-001_poolmon.log", "logs/web-002_poolmon.log", "logs/db7-20260301.log", "logs/inventory.txt", "dumps/web-001.dmp");
        assertThat(machines("logs", "dumps")).containsOnlyKeys("web-001", "web-002", "db7", "inventory");
    }

    @Test
    void aFileBesideTheMachinesFoldersMakesNoOneOfThem() throws IOException {
        files("all/inventory.txt", "all/web-001/poolmon.log", "all/web-002/poolmon.log");
        assertThat(machines("all")).containsKeys("web-001", "web-002").hasSize(3);
    }
}
