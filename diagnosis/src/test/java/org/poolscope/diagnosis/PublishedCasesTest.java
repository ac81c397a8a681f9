package org.poolscope.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Progress;
import org.poolscope.model.RealEvidence;

/** The evidence that others published, from file to verdict. */
class PublishedCasesTest {

    @Test
    void photoUploadServers() throws Exception {
        try (Case subject = CaseReader.read(List.of(RealEvidence.path("cases/photo-upload")), Progress.NONE)) {
            Verdict verdict = Diagnosis.of(subject, Progress.NONE);
            assertThat(verdict.sentence()).contains("Paged pool is exhausted").contains("'Mu..' tags of mup.sys")
                    .contains("DFS referrals name single files").contains("\\MyFileServer\\Root\\lores");
            assertThat(verdict.findings()).extracting(Finding::rule).startsWith(PoolExhaustedRule.ID, TagHoldsPoolRule.ID, FileLevelReferralsRule.ID)
                    .contains(CompanionTagsRule.ID, ReferralTtlRule.ID);
            assertThat(verdict.findings().get(1)).satisfies(holder -> {
                assertThat(holder.driver()).isEqualTo("mup.sys");
                assertThat(holder.pool()).isEqualTo(PoolKind.PAGED);
                assertThat(holder.tags()).extracting(Object::toString).contains("Mu37", "Mu46", "Mu2c", "Mu04").doesNotContain("IoNm");
                assertThat(holder.evidence()).anySatisfy(seen -> {
                    assertThat(seen.file()).isEqualTo("kd-poolused.txt");
                    assertThat(seen.at()).isEqualTo("line 8");
                    assertThat(seen.text()).startsWith("Mu37 0 0 0 0 494273 46 494227 100966192");
                });
            });
            assertThat(verdict.findings().get(2).explanation()).contains("This namespace needs 1 entry; the client holds 123,558, with 494,232"
                    + " targets (so many objects of an entry's shape are in the pool table); that is about 240 MB (251,193,414 bytes)")
                    // The figure of the other findings, and what is besides.
                    .contains(": 190 MB by the table in the 6 tags of that shape, the rest in the driver's other tags and");
            assertThat(subject.warnings()).isEmpty();
        }
    }

    @Test
    void evidenceNamedTwiceIsReadOnce() throws Exception {
        Path folder = RealEvidence.path("cases/photo-upload");
        try (Case once = CaseReader.read(List.of(folder), Progress.NONE);
                Case twice = CaseReader.read(List.of(folder.resolve("kd-vm.txt"), folder, folder), Progress.NONE)) {
            assertThat(twice.files()).hasSameSizeAs(once.files());
            assertThat(Diagnosis.of(twice, Progress.NONE).sentence()).isEqualTo(Diagnosis.of(once, Progress.NONE).sentence());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"debugger/poolused-2-windows10-healthy.txt", "debugger/poolused-by-tag.txt", "debugger/vm-1-windows2000.txt",
        "debugger/vm-1-windows11-impossible-figure.txt", "debugger/vm-windows10-1809.txt", "poolmon/x64-n-snapshot.txt",
        "poolmon/x86-screen-g-ntfs.txt", "dfs/dfsutil/pktinfo-state.txt", "dfs/dfsutil/pktinfo-accessstatus.txt",
        "tags/pooltag-2003.txt", "dfs/ad-domain-dc-sysvol.pcap", "dfs/domain-after-pending.pcapng", "dfs/domain-ok-and-error.pcap",
        "dfs/fs-driver-required.pcap", "dfs/pending-then-not-found.pcap"})
    void nothingIsAccusedWhereNothingIsWrong(String file) throws Exception {
        try (Case subject = CaseReader.read(List.of(RealEvidence.path(file)), Progress.NONE)) {
            assertThat(Diagnosis.of(subject, Progress.NONE).findings()).noneMatch(finding -> finding.severity().isProblem());
        }
    }
}
