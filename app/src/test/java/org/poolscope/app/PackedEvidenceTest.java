package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.poolscope.model.RealEvidence;
import org.poolscope.model.Tool;

/** Commands on evidence as it is sent: packed. */
class PackedEvidenceTest {

    @TempDir
    Path folder;

    private Path packedImage() throws IOException {
        return Files.copy(RealEvidence.path("dumps/layout-19041-full1.dmp.xz"), folder.resolve("MEMORY.DMP.xz"));
    }

    @Test
    void anImageAnswersAsItDoesUnpacked() throws IOException {
        Path packed = packedImage();
        for (String command : new String[] {"info", "poolused", "modules"}) {
            CommandRun plain = CommandRun.of(command, RealEvidence.image("layout-19041-full1.dmp"));
            CommandRun run = CommandRun.of(command, packed);
            assertThat(run.status()).as(command).isEqualTo(plain.status());
            assertThat(run.out()).as(command).isEqualTo(plain.out());
        }
        assertThat(CommandRun.of("info", packed).err()).as("unpacked once only").doesNotContain("unpacked to");
        CommandRun refused = CommandRun.of("info", Files.copy(packed, folder.resolve("other.xz")), "--unpack-limit", "10K");
        assertThat(refused.status()).isEqualTo(3);
        assertThat(refused.err()).contains("other.xz: it unpacks to more than 10.0 KB");
    }

    @Test
    void aWholeCaseInOneArchiveIsDiagnosed() throws IOException {
        Tool.need("zip", "zip");
        Path evidence = RealEvidence.path("cases/photo-upload");
        Path zip = folder.resolve("case.zip");
        Tool.run("zip", "-q", "-r", "-j", zip.toString(), evidence.toString());
        CommandRun run = CommandRun.of("diagnose", zip);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).contains("Paged pool is exhausted").contains("case.zip/kd-vm.txt, line ");
        assertThat(run.err()).contains("case.zip: unpacked to ");
    }

    @ParameterizedTest
    @CsvSource({"68696272, hibernation file", "57414b45, resumed from", "377abcaf271c, 7z archive", "28b52ffd, packed with zstd",
        "4b44554d50202020, compressed QEMU dump"})
    void memoryInOtherFormsIsNamedWithWhatToDo(String signature, String named) throws IOException {
        byte[] file = new byte[8192];
        byte[] head = HexFormat.of().parseHex(signature);
        System.arraycopy(head, 0, file, 0, head.length);
        Path path = Files.write(folder.resolve("memory"), file);
        for (String command : new String[] {"info", "diagnose"}) {
            CommandRun run = CommandRun.of(command, path);
            assertThat(run.status()).as(command).isEqualTo(3);
            assertThat(run.err()).as(command).contains(named).contains(path.toString());
        }
        Files.copy(RealEvidence.path("cases/photo-upload/kd-vm.txt"), folder.resolve("vm.txt"));
        assertThat(CommandRun.of("diagnose", folder).out()).contains("Paged pool is exhausted").contains("memory: NOT READ").contains(named);
    }

    @Test
    void damagedArchivesAreNamedAndTheRestIsRead() throws IOException {
        byte[] whole = Files.readAllBytes(packedImage());
        Files.write(folder.resolve("MEMORY.DMP.xz"), Arrays.copyOf(whole, whole.length / 2));
        Files.copy(RealEvidence.path("cases/photo-upload/kd-vm.txt"), folder.resolve("vm.txt"));
        CommandRun run = CommandRun.of("diagnose", folder);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).contains("Paged pool is exhausted").contains("MEMORY.DMP.xz: NOT READ");
    }
}
