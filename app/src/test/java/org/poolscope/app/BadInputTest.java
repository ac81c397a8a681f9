package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.model.RealEvidence;

/** Whatever is handed in: a clear error or a partial answer, the exit status of the contract, never a stack trace, never a hang. */
class BadInputTest {

    private static final List<String> COMMANDS = List.of("info", "vm", "modules", "poolused", "diagnose");
    private static final String OWN_FAULT = "an error in Poolscope itself";

    @TempDir
    Path folder;

    @Test
    void emptyFile() throws IOException {
        assertRefused(Files.createFile(folder.resolve("empty.dmp")), "the file is empty");
    }

    @Test
    void textNamedLikeADump() throws IOException {
        Path file = Files.writeString(folder.resolve("MEMORY.DMP"), "<html><body>404 Not Found</body></html>\n".repeat(300));
        for (String command : COMMANDS) {
            assertThat(run(command, file).status()).as(command).isEqualTo(3);
        }
    }

    @Test
    void folderWhereAFileIsNeeded() {
        assertThat(run("info", folder)).satisfies(run -> {
            assertThat(run.status()).isEqualTo(3);
            assertThat(run.err()).contains("directory");
        });
        assertThat(run("diagnose", folder)).satisfies(run -> {
            assertThat(run.status()).isEqualTo(3);
            assertThat(run.err()).contains("no file in this folder");
        });
    }

    @Test
    void noSuchFile() {
        assertRefused(folder.resolve("none.dmp"), "no such file");
    }

    @Test
    void noPermission() throws IOException {
        Path file = Files.writeString(folder.resolve("secret.dmp"), "PAGEDUMP");
        assumeFalse(!file.toFile().setReadable(false) || Files.isReadable(file), "this user may read everything");
        assertRefused(file, "no permission");
    }

    @ParameterizedTest
    @ValueSource(strings = {"layout-19041-full1.dmp", "layout-19041-bmp5.dmp", "layout-19041-bmp6.dmp", "layout-19041-rdmp8.dmp",
        "layout-19041-raw", "triage-19041-x64-bugcheck-7e.dmp", "triage-22000-arm64-bugcheck-1c8.dmp"})
    void cutAtEveryHeaderBoundary(String name) throws IOException {
        byte[] whole = Files.readAllBytes(RealEvidence.image(name));
        for (int length : new int[] {1, 4, 8, 0x20, 0x80, 0x88, 0x348, 0xf98, 0xfff, 0x1000, 0x1ffc, 0x2000, 0x2008, 0x2038, 0x2080, 0x20ff,
            0x3000, 0x5001, whole.length / 2, whole.length - 1}) {
            Path file = Files.write(folder.resolve("cut-" + length), Arrays.copyOf(whole, Math.min(length, whole.length)));
            for (String command : List.of("diagnose", COMMANDS.get(length % 4))) {
                assertAnswersOrRefuses(run(command, file), command + " of " + name + " cut at " + length);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"layout-19041-full1.dmp", "layout-19041-bmp5.dmp", "layout-19041-rdmp8.dmp", "triage-19041-x64-bugcheck-7e.dmp"})
    void hugeCountsAndForeignPointers(String name) throws IOException {
        byte[] whole = Files.readAllBytes(RealEvidence.image(name));
        // Every 4-byte field of the header and of what follows it, in turn, gets values that a careless reader trips over.
        for (int value : new int[] {0x7fff_ffff, 0x8000_0000, -1}) {
            for (int offset = 8; offset < 0x2090; offset += offset >= 0x110 && offset < 0x2000 ? 0x3f8 : 8) {
                byte[] damaged = whole.clone();
                ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value);
                Path file = Files.write(folder.resolve("damaged"), damaged);
                String command = COMMANDS.get((offset / 8) % COMMANDS.size());
                assertAnswersOrRefuses(run(command, file), command + " of " + name + " with " + value + " at " + offset);
            }
        }
    }

    @Test
    void aBadFileAmongGoodOnesIsNamedAndTheRestIsRead() throws IOException {
        Files.write(folder.resolve("MEMORY.DMP"), "PAGEDU64 cut off".getBytes(StandardCharsets.US_ASCII));
        Files.copy(RealEvidence.path("cases/photo-upload/kd-vm.txt"), folder.resolve("vm.txt"));
        CommandRun run = run("diagnose", folder);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).contains("Paged pool is exhausted").contains("MEMORY.DMP: NOT READ");
    }

    @Test
    void wrongUsage() {
        assertThat(run("poolused")).satisfies(run -> {
            assertThat(run.status()).isEqualTo(2);
            assertThat(run.err()).contains("IMAGE").contains("--help");
        });
        assertThat(run("poolused", "x.dmp", "--sort", "sideways").status()).isEqualTo(2);
        assertThat(run("poolused", "x.dmp", "--tag", "toolong").status()).isEqualTo(2);
        assertThat(run("undiagnose").status()).isEqualTo(2);
        assertThat(run("refs", "x.dmp").status()).isEqualTo(2);
        assertThat(run("refs", "x.dmp", "0x1000", "--tag", "Io").status()).isEqualTo(2);
    }

    @Test
    void otherEvidenceIsNamedAsWhatItIs() throws IOException {
        Path log = Files.copy(RealEvidence.path("cases/photo-upload/kd-vm.txt"), folder.resolve("vm.txt"));
        for (String command : List.of("poolused", "info", "leaks")) {
            assertThat(run(command, log)).satisfies(run -> {
                assertThat(run.status()).isEqualTo(3);
                assertThat(run.err()).contains("!vm listing").contains("'poolscope diagnose' reads it").doesNotContain("Collect it again");
            });
        }
    }

    @Test
    void portsThatAreNoneOrTaken() throws IOException {
        assertThat(run("ui", "--port", 99_999)).satisfies(run -> {
            assertThat(run.status()).isEqualTo(2);
            assertThat(run.err()).contains("--port: 99999 is no port");
        });
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThat(run("ui", "--port", taken.getLocalPort())).satisfies(run -> {
                assertThat(run.status()).isEqualTo(2);
                assertThat(run.err()).contains("cannot listen on port " + taken.getLocalPort()).contains("--port 0").doesNotContain("write the result");
            });
        }
    }

    @Test
    void whereAResultCannotBeWrittenIsSaidBeforeTheWork() {
        Path lost = folder.resolve("none").resolve("x.html");
        // No such evidence either: what is said first is what was looked at first.
        for (CommandRun run : List.of(run("diagnose", folder.resolve("none.dmp"), "--html", lost), run("retag", folder.resolve("none.sys"), "-o", lost),
                run("tags", "scan", folder.resolve("none"), "--localtag", lost), run("fleet", "export", folder.resolve("none"), "--as", "csv", "-o", lost))) {
            assertThat(run.status()).isEqualTo(3);
            assertThat(run.err()).contains("cannot write the result: " + lost + ": there is no folder " + lost.getParent());
        }
        assertThat(run("diagnose", folder.resolve("none.dmp"), "--html", folder).err()).contains("this is a folder");
    }

    @Test
    void otherFilesThatAreNotThere() {
        assertThat(run("diagnose", folder, "--tag-map", folder.resolve("none.json"))).satisfies(run -> {
            assertThat(run.status()).isEqualTo(3);
            assertThat(run.err()).contains("none.json: no such file");
        });
        assertThat(run("fleet", "ingest", folder.resolve("none"), "-o", folder.resolve("data"))).satisfies(run -> {
            assertThat(run.status()).isEqualTo(3);
            assertThat(run.err()).contains("there is no such file or folder");
        });
        assertThat(run("dfs", "probe", "//127.0.0.1/dfs", "--user", "anna", "--password-file", folder.resolve("none.txt"))).satisfies(run -> {
            assertThat(run.status()).isEqualTo(2);
            assertThat(run.err()).contains("the password file " + folder.resolve("none.txt") + ": no such file");
        });
    }

    @Test
    void optionsOfOtherPracticeCases() {
        assertMisused("--build is for cases of one machine", "fleet", "--build", 22_000);
        assertMisused("--scale is for cases of one machine", "fleet", "--scale", 0.02);
        assertMisused("--machines is for the case fleet, not for io-leak", "io-leak", "--machines", 3);
        assertMisused("there is no build 12345; there are: 9600, ", "io-leak", "--build", 12_345);
        assertMisused("the case fragmented has no --build; these have: healthy-file-server, io-leak", "fragmented", "--build", 22_000);
    }

    private void assertMisused(String why, String lab, Object option, Object value) {
        CommandRun run = run("lab", lab, "-o", folder.resolve("case"), option, value);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains(why);
        assertThat(folder.resolve("case")).doesNotExist();
    }

    private void assertRefused(Path file, String why) {
        for (String command : COMMANDS) {
            CommandRun run = run(command, file);
            assertThat(run.status()).as(command).isEqualTo(3);
            assertThat(run.err()).as(command).contains(why).contains(file.getFileName().toString());
            assertThat(run.out()).as(command).isEmpty();
        }
    }

    private static void assertAnswersOrRefuses(CommandRun run, String what) {
        assertThat(run.status()).as(what + ": " + run.err()).isIn(0, 1, 3);
        if (run.status() == 3) {
            assertThat(run.err()).as(what).isNotBlank();
        }
    }

    private static CommandRun run(Object... arguments) {
        CommandRun run = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> CommandRun.of(arguments));
        assertThat(run.err() + run.out()).as(Arrays.toString(arguments)).doesNotContain(OWN_FAULT).doesNotContain("\tat ");
        return run;
    }
}
