package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.Progress;

/** Raw memory has no header that tells its length: a copy that stopped in the middle looks whole, but accuses nobody all the same. */
class CutRawMemoryTest {

    @Test
    void nothingIsSaidToBeLostWhereHalfOfMemoryIsMissing(@TempDir Path folder) throws Exception {
        Path cut = folder.resolve("memory.raw");
        try (FileChannel from = FileChannel.open(RunningKernel.image("nt52-after"));
                FileChannel to = FileChannel.open(cut, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            from.transferTo(0, 60_000_000, to);
        }
        try (KernelImage image = KernelImage.open(cut)) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            LostBlocks lost = LostBlocks.of(image, blocks, Reachability.of(image, blocks, Progress.NONE), tag -> false, Progress.NONE);
            assertThat(lost.missingPages()).isPositive();
            assertThat(lost.rows()).allSatisfy(row -> assertThat(row.unreferencedBlocks()).as("%s", row).isZero());
            assertThat(lost.rows().stream().mapToLong(LostBlocks.Row::undecidedBlocks).sum()).isGreaterThan(1000);
        }
    }
}
