package org.poolscope.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.poolscope.model.Progress;
import org.poolscope.model.RealEvidence;

/** Which Windows the evidence is of, and what its people are told to do. */
class WindowsBuildTest {

    @ParameterizedTest
    @CsvSource({"evtx/SysEvent-xp.evt,2600", "evtx/system-windows7.evtx,7601"})
    void logsTell(String file, int build) throws Exception {
        try (Case subject = CaseReader.read(List.of(RealEvidence.path(file)), Progress.NONE)) {
            assertThat(WindowsBuild.of(subject).number()).hasValue(build);
        }
    }

    @Test
    void anInventoryTells(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("systeminfo.txt");
        Files.writeString(file, """
                Host Name:                 SERVER18
                OS Name:                   Microsoft(R) Windows(R) Server 2003, Enterprise Edition
                OS Version:                5.2.3790 Service Pack 1 Build 3790
                System Manufacturer:       HP
                """);
        try (Case subject = CaseReader.read(List.of(file), Progress.NONE)) {
            assertThat(WindowsBuild.of(subject).number()).hasValue(3790);
        }
    }

    @Test
    void nothingTells() throws Exception {
        try (Case subject = CaseReader.read(List.of(RealEvidence.path("cases/photo-upload")), Progress.NONE)) {
            assertThat(WindowsBuild.of(subject).number()).isEmpty();
        }
    }

    @Test
    void nobodyIsToldToUseWhatTheirVersionLacks() {
        WindowsBuild old = new WindowsBuild(OptionalInt.of(3790));
        assertThat(List.of(old.listReferrals(), old.forgetReferrals(), old.captureReferral("Capture.")))
                .noneMatch(step -> (step.text() + step.command()).matches(".*(netsh|dfsutil cache).*"));
        WindowsBuild later = new WindowsBuild(OptionalInt.of(19041));
        assertThat(List.of(later.listReferrals(), later.forgetReferrals(), later.captureReferral("Capture.")))
                .extracting(NextStep::command).allMatch(command -> command.matches("netsh trace .*|dfsutil cache referral.*"));
        WindowsBuild unknown = new WindowsBuild(OptionalInt.empty());
        assertThat(unknown.forgetReferrals().command()).isEqualTo("dfsutil /pktflush");
        assertThat(unknown.forgetReferrals().text()).contains("dfsutil cache referral flush");
        assertThat(unknown.captureReferral("Capture.").text()).contains("netsh trace");
    }
}
