package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.RealEvidence;

/** {@code poolscope watch} without a terminal; the screen itself has tests of its own. */
class WatchCommandTest {

    @TempDir
    private Path folder;

    @Test
    void withoutATerminalSamplesArePrinted() {
        CommandRun run = CommandRun.of("watch", RealEvidence.path("poolmon/x64-n-snapshot.txt"));
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("Nonpaged pool: 710,920K Paged pool: 983,564K")
                .containsPattern("EtwB Nonp +6394 \\(0\\) +4056 \\(0\\) +2338 +163418368")
                .contains("sample 1/1").doesNotContain("\033");
    }

    @Test
    void whatIsRecordedIsReadAsWhatPoolMonWrites() throws Exception {
        Path log = folder.resolve("rec.log");
        Path screen = RealEvidence.path("poolmon/x86-screen-drsd-1.txt");
        assertThat(CommandRun.of("watch", screen, RealEvidence.path("poolmon/x86-screen-drsd-2.txt"), "--log",
                log).status()).isZero();
        CommandRun again = CommandRun.of("watch", log);
        assertThat(again.err()).contains("2 of the 2 PoolMon snapshots do not say when they were taken");
        assertThat(again.out()).containsPattern("Drsd Paged +560 \\(0\\) +539 \\(0\\) +21 +17472 \\(0\\)")
                .containsPattern("Drsd Paged +737 \\(\\+177\\) +710 \\(\\+171\\) +27 +22464 \\(\\+4992\\)");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void liveNeedsWindows() {
        assertThat(CommandRun.of("watch", "--live")).satisfies(run -> {
            assertThat(run.status()).isEqualTo(3);
            assertThat(run.err()).contains("on Windows only");
        });
    }

    @Test
    void wrongUse() {
        assertThat(CommandRun.of("watch").status()).isEqualTo(2);
        assertThat(CommandRun.of("watch", "--live", "x.log").status()).isEqualTo(2);
        assertThat(CommandRun.of("watch", "x.log", "--speed", "0").status()).isEqualTo(2);
        assertThat(CommandRun.of("watch", RealEvidence.path("events/srv-2020-with-data-words.txt"))).satisfies(run -> {
            assertThat(run.status()).isEqualTo(3);
            assertThat(run.err()).contains("there is no table of pool use by tag in it");
        });
    }
}
