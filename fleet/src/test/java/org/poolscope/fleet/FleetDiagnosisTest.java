package org.poolscope.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.lab.LabCases;
import org.poolscope.lab.LabOptions;

class FleetDiagnosisTest {

    @TempDir
    private Path folder;

    @Test
    void oneBadDumpStopsNoneOfTheOthersOnEitherEngine() throws Exception {
        LabCases.find("photo-upload").orElseThrow().write(folder.resolve("dumps/web-1"), LabOptions.scale(0.002));
        Files.deleteIfExists(folder.resolve("dumps/web-1.truth.json"));
        Path sick = Files.createDirectories(folder.resolve("dumps/web-2"));
        byte[] noise = new byte[10_000];
        new java.util.Random(1).nextBytes(noise);
        Files.write(sick.resolve("MEMORY.DMP"), noise);
        Path healthy = Files.createDirectories(folder.resolve("dumps/web-3"));
        Files.copy(folder.resolve("dumps/web-1/MEMORY.DMP"), healthy.resolve("MEMORY.DMP"));
        List<IngestReport.BadFile> bad = new ArrayList<>();
        Map<String, List<String>> machines = FleetDiagnosis.machines(List.of(folder.resolve("dumps")), MachineNames.fromPaths(), bad);
        assertThat(bad).isEmpty();
        assertThat(machines).containsOnlyKeys("web-1", "web-2", "web-3");

        List<MachineVerdict> here = new ArrayList<>();
        FleetDiagnosis.here(machines, 2, here::add);

        assertThat(here).extracting(MachineVerdict::machine).containsExactly("web-1", "web-2", "web-3");
        assertThat(here.getFirst().problem()).isTrue();
        assertThat(here.getFirst().verdict()).contains("mup.sys");
        assertThat(here.get(1).failure()).isNotBlank();
        assertThat(here.get(2).verdict()).contains("mup.sys");

        List<MachineVerdict> spark = new ArrayList<>();
        FleetDiagnosis.onSpark(machines, "local[2]", spark::add);
        assertThat(spark).isEqualTo(here);
    }
}
