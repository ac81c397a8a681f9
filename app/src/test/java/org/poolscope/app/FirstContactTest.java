package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.driver.TestDriver;
import org.poolscope.driver.TestDriver.Target;
import org.poolscope.model.RealEvidence;

/** What the commands say when there is nothing to say, or not what was hoped for. */
class FirstContactTest {

    @TempDir
    private Path folder;

    @Test
    void anUnknownTagIsNoEmptyTable() {
        CommandRun run = CommandRun.of("tags", "lookup", "Zq9z");
        assertThat(run.status()).isZero();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("nothing here knows the tag 'Zq9z'");
    }

    @Test
    void ofAMachineThatLostNothingThereIsNoEmptyTable() {
        assertThat(CommandRun.of("lab", "healthy-file-server", "-o", folder.resolve("healthy"), "--scale", "0.001").status()).isZero();
        Path image = folder.resolve("healthy").resolve("MEMORY.DMP");
        CommandRun run = CommandRun.of("leaks", image);
        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith("Nothing is lost: every allocated block is reached.\nSearched ");
        assertThat(CommandRun.of("leaks", image, "--format", "json").out()).isEmpty();
        assertThat(CommandRun.of("leaks", image, "--all").out()).startsWith("Tag ").doesNotContain("Nothing is lost");
    }

    @Test
    void aWrittenReportIsToldOf() {
        Path html = folder.resolve("report.html");
        CommandRun run = CommandRun.of("diagnose", RealEvidence.path("cases/photo-upload"), "--html", html);
        assertThat(run.err()).containsPattern("the report is in \\S*report\\.html \\([\\d.,]+ [KM]B\\)");
        assertThat(run.out()).doesNotContain("report.html");
    }

    @Test
    void anAuditOfRefusalsAloneDoesNotPraise() {
        CommandRun run = CommandRun.of("dfs", "audit", RealEvidence.path("dfs/fs-driver-required.pcap"));
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("No referral was granted here").doesNotContain("All rules are kept");
        assertThat(CommandRun.of("dfs", "audit", RealEvidence.path("dfs/domain-ok-and-error.pcap")).out()).contains("All rules are kept.");
    }

    @Test
    void aSymbolFolderThatIsNotThereIsNamed() {
        Path missing = folder.resolve("no-such-symbols");
        CommandRun run = CommandRun.of("info", RealEvidence.path("dumps/triage-19041-x64-bugcheck-7e.dmp"), "--symbols", missing);
        assertThat(run.err()).contains("--symbols: " + missing + ": no such file or folder");
    }

    @Test
    void driversOfOneNameAreToldApartByTheirFolders() throws Exception {
        Path driver = TestDriver.compile(Target.X64, "direct", "-O2");
        for (String place : new String[] {"a", "b"}) {
            Files.copy(driver, Files.createDirectories(folder.resolve(place)).resolve("twin.sys"));
        }
        String twins = CommandRun.of("tags", "scan", folder, "--sure").out();
        assertThat(twins).contains(folder.resolve("a/twin.sys").toString(), folder.resolve("b/twin.sys").toString());
        String alone = CommandRun.of("tags", "scan", folder.resolve("a"), "--sure").out();
        assertThat(alone).contains("twin.sys").doesNotContain(folder.toString());
    }

    @Test
    void theDemosCommandsNameNoFolderThatIsGone() {
        assertThat(CommandRun.of("demo", "--scale", "0.01").out()).contains("poolscope demo --keep DIR keeps them, and says the commands for them.").doesNotContain("poolscope-demo");
        assertThat(CommandRun.of("demo", "--scale", "0.01", "--keep", folder.resolve("kept")).out()).doesNotContain("--keep")
                .contains(folder.resolve("kept/photo-upload/MEMORY.DMP").toString());
    }

    @Test
    void packagingIsAmongTheCommands() {
        assertThat(CommandRun.of("--help").out()).containsPattern("\\n  package +An image of Poolscope");
        assertThat(CommandRun.of("package").status()).isEqualTo(2);
    }

    @Test
    void whatACommandSaysComesOutHoweverItIsBuffered() {
        StringWriter out = new StringWriter();
        assertThat(Poolscope.run(new BufferedWriter(out), new PrintWriter(new StringWriter()), "lab", "io-leak", "-o",
                folder.resolve("io-leak").toString(), "--scale", "0.001")).isZero();
        assertThat(out.toString()).contains("MEMORY.DMP", "Diagnose it: poolscope diagnose");
    }

    @Test
    void thePageSaysOnTheTerminalWhatItCouldNotRead() throws Exception {
        Path junk = Files.writeString(folder.resolve("junk.txt"), "nothing of this is evidence\n");
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Thread page = Thread.ofPlatform().daemon().start(() -> Poolscope.run(out, new PrintWriter(err, true), "ui", junk.toString()));
        for (int i = 0; i < 600 && page.isAlive() && !err.toString().contains("junk.txt"); i++) {
            Thread.sleep(50);
        }
        page.interrupt();
        assertThat(page.join(Duration.ofSeconds(20))).isTrue();
        assertThat(out.toString()).contains("http://127.0.0.1:");
        assertThat(err.toString()).contains("nothing here is evidence Poolscope knows").contains("other files can be dropped there");
    }

    @Test
    void aSmallDumpAloneTellsHowToGetADumpThatHoldsThePools() {
        assertThat(CommandRun.of("diagnose", RealEvidence.path("dumps/triage-19041-x64-bugcheck-7e.dmp")).out())
                .contains("Let the machine write kernel dumps when it stops", "wmic recoveros set DebugInfoType = 2");
    }
}
