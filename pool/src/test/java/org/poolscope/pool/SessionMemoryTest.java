package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.kernel.objects.KernelProcess;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.RegionVisitor;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;

/** Objects of windows and graphics in running kernels whose session memory was blanked, and with a table put back into it. */
class SessionMemoryTest {

    private static final PoolTag BITMAP = PoolTag.parse("Gh05");
    private static final Predicate<PoolTag> GRAPHICS = tag -> tag.toString().startsWith("G") || tag.toString().startsWith("Us");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource("org.poolscope.pool.RunningKernel#images")
    void whatOnlySessionMemoryMayHoldIsUndecidedWhereThatIsBlank(String name) throws Exception {
        try (KernelImage image = KernelImage.open(RunningKernel.image(name))) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            LostBlocks lost = LostBlocks.of(image, blocks, Reachability.of(image, blocks, Progress.NONE), GRAPHICS, Progress.NONE);
            assertThat(lost.hiddenSessions()).get().asString().contains("nothing but zeros");
            assertThat(lost.rows()).filteredOn(row -> GRAPHICS.test(row.tag())).isNotEmpty()
                    .allSatisfy(row -> assertThat(row.unreferencedBlocks()).as("%s", row).isZero());
            assertThat(lost.rows()).filteredOn(row -> GRAPHICS.test(row.tag())).anySatisfy(row -> assertThat(row.undecidedBlocks()).isPositive());
        }
    }

    @Test
    void aTableInSessionMemoryHoldsTheBlocksItNames() throws Exception {
        Path copy = Files.copy(RunningKernel.image("nt52-after"), folder.resolve("session.raw"));
        List<Long> bitmaps = new ArrayList<>();
        try (KernelImage image = KernelImage.open(copy);
                FileChannel file = FileChannel.open(copy, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            Reachability reached = Reachability.of(image, blocks, Progress.NONE);
            for (BlockCursor block = blocks.cursor(); block.next();) {
                if (block.key() == BITMAP.key() && block.state() == BlockState.ALLOCATED && !reached.isReached(block.address())) {
                    bitmaps.add(block.address());
                }
            }
            assertThat(bitmaps).hasSizeGreaterThan(50);
            ByteBuffer table = ByteBuffer.allocate(Words.PAGE).order(ByteOrder.LITTLE_ENDIAN);
            bitmaps.subList(1, bitmaps.size()).forEach(bitmap -> table.putInt(bitmap.intValue()).putInt(0x05_0001));
            List<Long> pages = sessionPages(image, blocks.memory());
            file.write(table.rewind(), pages.getFirst());
            ByteBuffer other = ByteBuffer.allocate(Words.PAGE).putInt(0x01_0203);
            for (long page : pages.subList(1, pages.size())) {
                file.write(other.rewind(), page);
            }
        }
        try (KernelImage image = KernelImage.open(copy)) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            Reachability reached = Reachability.of(image, blocks, Progress.NONE);
            assertThat(bitmaps.subList(1, bitmaps.size())).allMatch(reached::isReached);
            assertThat(reached.isReached(bitmaps.getFirst())).isFalse();
            assertThat(LostBlocks.of(image, blocks, reached, GRAPHICS, Progress.NONE).isUndecided(bitmaps.getFirst())).isFalse();
        }
    }

    /** Where in the image the pages stand that the processes of a session see in session space and the kernel's own process does not. */
    private static List<Long> sessionPages(KernelImage image, PagedMemory memory) throws Exception {
        KernelProcess shell = KernelObjects.of(image).orThrow(image.image().path()).processes().orThrow(image.image().path()).stream()
                .filter(process -> process.name().equalsIgnoreCase("explorer.exe")).findFirst().orElseThrow();
        List<Long> pages = new ArrayList<>();
        RegionVisitor visitor = (va, offset, length) -> {
            for (long at = 0; at < length; at += Words.PAGE) {
                pages.add(offset + at);
            }
        };
        memory.ofProcess(shell.directoryTableBase()).forEachRegion(0xbc40_0000L, 0xbfff_ffffL, visitor);
        return pages;
    }
}
