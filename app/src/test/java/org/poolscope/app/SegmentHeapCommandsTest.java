package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.machine.ModernKernel;
import org.poolscope.model.RealEvidence;
import org.poolscope.symbols.isf.IsfReader;

/** The commands that ask about blocks, on a kernel with segment heaps in which a driver leaks. */
class SegmentHeapCommandsTest {

    @TempDir
    private static Path folder;

    private static Path image;
    private static ModernKernel.Truth truth;

    @BeforeAll
    static void write() throws Exception {
        image = folder.resolve("memory.dmp");
        truth = ModernKernel.write(image, IsfReader.read(RealEvidence.path(
                "symbols/ntkrnlmp.pdb-879AD95F3461091BB6318FA98072AD8E-1.json.xz")), 20348, ImageFormat.BITMAP_DUMP);
    }

    @Test
    void theLeakIsFoundAndItsBlocksAreShown() {
        long lost = truth.heapBlocks().stream().filter(one -> one.tag().equals("Leak")).count();
        String verdict = CommandRun.of("diagnose", image).out();
        assertThat(verdict).contains("blocks of tag 'Leak'").contains("are lost, nothing points to them")
                .doesNotContain("tracker table differ");
        assertThat(CommandRun.of("blocks", image, "--tag", "Leak", "--size", 0x150, "--format", "json").out().lines()
                .filter(line -> line.contains("\"state\":\"allocated\"") && line.contains("\"kind\":\"segment\""))).hasSize((int) lost);
        assertThat(CommandRun.of("leaks", image, "--format", "json").out()).contains("\"tag\":\"Leak\"");
        assertThat(CommandRun.of("profile", image, "--tag", "Leak").out()).contains("of size 0x150");
    }

    @Test
    void aBlockItsPageAndWhoRefersToItAreShown() {
        ModernKernel.HeapBlock held = truth.heapBlocks().stream().filter(ModernKernel.HeapBlock::held).findFirst().orElseThrow();
        String address = "0x" + Long.toHexString(held.address());
        assertThat(CommandRun.of("pool", image, address).out()).contains("*" + address).contains(held.tag());
        assertThat(CommandRun.of("refs", image, address).out()).contains("The block is reached.");
        assertThat(CommandRun.of("irps", image, "--by", "tag").out()).contains("Irp ");
    }
}
