package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.lab.image.MemoryRun;
import org.poolscope.lab.image.VmwareFiles;
import org.poolscope.model.RealEvidence;

/** The memory of a running kernel as VMware would have kept it: every command says what it says of the raw image. */
class VmwareImageTest {

    private static final long PAGES = (128 << 20) / 4096;
    /** Pieces that the memory file holds in another order, so that no page stands where it would without the state file. */
    private static final List<MemoryRun> SWAPPED = List.of(new MemoryRun(PAGES / 4, PAGES - PAGES / 4), new MemoryRun(0, PAGES / 4));
    private static final long DIRECTORY = 0xb6c000;

    @TempDir
    Path folder;

    private final Path raw = RealEvidence.image("nt52-before.raw");

    @Test
    void memoryAndStateApart() throws IOException {
        Path memory = folder.resolve("machine.vmem");
        Path state = folder.resolve("machine.vmss");
        new VmwareFiles(SWAPPED, 0x8001_0033L, 0, 0, DIRECTORY, 0x6d0).writeApart(raw, memory, state);
        assertSame(memory);
        assertSame(state);
        assertThat(CommandRun.of("diagnose", folder).out()).contains("machine.vmem: memory image");
        Files.delete(state);
        assertThat(CommandRun.of("poolused", memory).status()).as("without it nothing is found").isEqualTo(3);
    }

    @Test
    void oneFileWithBoth() throws IOException {
        Path state = folder.resolve("machine-Snapshot1.vmsn");
        new VmwareFiles(SWAPPED, 0x8001_0033L, 0, 0, DIRECTORY, 0x6d0).writeTogether(raw, state);
        assertSame(state);
        assertThat(CommandRun.of("diagnose", state).out()).contains("machine-Snapshot1.vmsn: memory image");
    }

    private void assertSame(Path image) {
        for (String command : new String[] {"vm", "poolused", "modules", "processes"}) {
            CommandRun expected = CommandRun.of(command, raw);
            CommandRun run = CommandRun.of(command, image);
            assertThat(run.out()).as(command).isEqualTo(expected.out()).isNotBlank();
            assertThat(run.err()).as(command).isEqualTo(expected.err().replace(raw.getFileName().toString(), image.getFileName().toString()));
        }
        assertThat(CommandRun.of("info", image, "--format", "json").out()).contains("\"format\" : \"vmware\"");
    }
}
