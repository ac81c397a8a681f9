package org.poolscope.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.Progress;
import org.poolscope.model.Provenance;
import org.poolscope.model.RealEvidence;

/** Evidence of several machines in one case is told, of one machine it is not. */
class SeveralMachinesTest {

    @TempDir
    private Path folder;

    private static LoggedEvent event(String file, String computer) {
        return new LoggedEvent(new Provenance(file, "record 1"), "Srv", 2020, LocalDateTime.of(2007, 1, 10, 8, 0), null, computer, "", Map.of());
    }

    private static List<Finding> told(Facts facts) {
        return facts.findings().stream().filter(finding -> finding.rule().equals(SeveralMachinesRule.ID)).toList();
    }

    @Test
    void differentComputersInDifferentFilesAreSeveralMachines() {
        Facts facts = new Facts().fact(event("a.evtx", "web-1.example.com")).fact(event("b.evtx", "WEB-2")).fact(event("c.txt", "web-1"));
        assertThat(told(facts)).singleElement().satisfies(finding -> {
            assertThat(finding.title()).isEqualTo("This evidence is of 2 machines: WEB-2, WEB-1");
            assertThat(finding.severity().isProblem()).isFalse();
            assertThat(finding.nextSteps().getFirst().command()).isEqualTo("poolscope fleet diagnose test");
            assertThat(finding.evidence()).hasSize(2);
        });
    }

    @Test
    void aMachineThatWasRenamedIsOne() {
        assertThat(told(new Facts().fact(event("a.evtx", "SETUP-77")).fact(event("a.evtx", "web-1")).fact(event("b.evtx", "web-1")))).isEmpty();
        assertThat(told(new Facts().fact(event("a.evtx", null)).fact(event("b.evtx", "web-1")))).isEmpty();
    }

    private List<Finding> ofFolders(String... folders) throws IOException, EvidenceException {
        Path root = Files.createTempDirectory(folder, "case");
        for (String name : folders) {
            Path into = Files.createDirectories(root.resolve(name));
            Files.copy(RealEvidence.path("cases/photo-upload/kd-vm.txt"), into.resolve("vm.txt"));
        }
        try (Case subject = CaseReader.read(List.of(root), Progress.NONE)) {
            return Diagnosis.of(subject, Progress.NONE).findings().stream().filter(finding -> finding.rule().equals(SeveralMachinesRule.ID)).toList();
        }
    }

    @Test
    void foldersWithFilesOfTheSameNameMayBeSeveralMachines() throws Exception {
        assertThat(ofFolders("srv1", "srv2")).singleElement().satisfies(finding -> {
            assertThat(finding.title()).startsWith("The folders srv1, srv2 hold files of the same name");
            assertThat(finding.nextSteps().getFirst().command()).startsWith("poolscope fleet diagnose ").contains(folder.toString());
        });
        assertThat(ofFolders("web-001", "web-002")).hasSize(1);
        assertThat(ofFolders("before", "after")).isEmpty();
        assertThat(ofFolders("srv1-day1", "srv1-day2")).isEmpty();
        assertThat(ofFolders("2026-03-01", "2026-03-02")).isEmpty();
        assertThat(ofFolders("srv1")).isEmpty();
    }

    @Test
    void filesOfOneNameInTwoFoldersAreToldApart() throws Exception {
        for (String name : List.of("one", "two")) {
            Files.copy(RealEvidence.path("cases/photo-upload/kd-vm.txt"), Files.createDirectories(folder.resolve(name)).resolve("vm.txt"));
        }
        try (Case subject = CaseReader.read(List.of(folder.resolve("one"), folder.resolve("two")), Progress.NONE)) {
            assertThat(subject.files()).extracting(CaseFile::name).containsExactly("vm.txt", folder.resolve("two/vm.txt").toString());
        }
    }
}
