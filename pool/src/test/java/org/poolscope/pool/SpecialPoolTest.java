package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;

/** Pages of special pool, laid as the published description says, in a running kernel's pool. */
class SpecialPoolTest {

    private static final int PAGE = 4096;
    private static final byte FILL = (byte) 0xa7;
    private static final PoolTag TAG = PoolTag.parse("SpcT");

    @TempDir
    private Path folder;

    /** The block stands at the end of its page, to catch overruns, or at the start, to catch underruns; the header at the other end. */
    @ParameterizedTest
    @CsvSource({"0x60, true", "0x5d, true", "0x60, false", "0xf00, true"})
    void aBlockAloneOnItsPageIsRecognised(String length, boolean atEnd) throws Exception {
        int size = Integer.decode(length);
        Path copy = Files.copy(RunningKernel.image("nt52-after"), folder.resolve("special.raw"));
        long page;
        long offset;
        long before;
        try (KernelImage image = KernelImage.open(copy)) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            PageGroup group = Arrays.stream(blocks.groups()).filter(one -> one.pages() > 20).findFirst().orElseThrow();
            page = group.address[10];
            offset = group.offset[10];
            before = blocks.page(page - PAGE).size();
        }
        ByteBuffer content = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.fill(content.array(), FILL);
        int data = atEnd ? PAGE - size & -8 : 0;
        Arrays.fill(content.array(), data, data + size, (byte) 0x11);
        content.putInt(atEnd ? 0 : PAGE - 8, size | (FILL & 0xff) << 16).putInt(atEnd ? 4 : PAGE - 4, TAG.key());
        try (FileChannel file = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            file.write(content.rewind(), offset);
        }
        try (KernelImage image = KernelImage.open(copy)) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            assertThat(blocks.page(page)).singleElement().satisfies(block -> {
                assertThat(block.kind()).isEqualTo(BlockKind.SPECIAL);
                assertThat(block.state()).isEqualTo(BlockState.ALLOCATED);
                assertThat(block.pool()).isEqualTo(PoolKind.NONPAGED);
                assertThat(block.tag()).isEqualTo(TAG);
                assertThat(block.size()).isEqualTo(size);
                assertThat(block.address()).isEqualTo(page + data);
            });
            assertThat(blocks.blockAt(page + data + 1)).hasValueSatisfying(block -> assertThat(block.tag()).isEqualTo(TAG));
            assertThat(blocks.page(page - PAGE)).hasSize((int) before);
            assertThat(blocks.damage()).isEmpty();
        }
    }
}
