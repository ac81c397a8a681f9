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
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.kernel.KernelImage;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Progress;
import org.poolscope.model.Provenance;
import org.poolscope.model.TagUsage;

/** A page of a running kernel's paged pool whose headers say session. */
class SessionTotalsTest {

    private static final int SESSION = 0x20;
    private static final int TYPE_SHIFT = 25;
    private static final PoolTag OTHER = PoolTag.parse("Othr");

    @TempDir
    private Path folder;

    @Test
    void sessionPoolIsComparedWithTheSessionsOwnTable() throws Exception {
        Path copy = Files.copy(RunningKernel.image("nt52-after"), folder.resolve("session.raw"));
        List<PoolBlock> moved = new ArrayList<>();
        try (KernelImage image = KernelImage.open(copy);
                FileChannel file = FileChannel.open(copy, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            VirtualMemory memory = image.memory().orThrow(copy);
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            BlockCursor first = blocks.cursor();
            while (first.next() && (first.pool() != PoolKind.PAGED || first.kind() != BlockKind.PAGE || blocks.page(first.address()).size() < 10)) {
                // The first page of paged pool with some blocks.
            }
            for (PoolBlock block : blocks.page(first.address())) {
                if (block.state() != BlockState.FREE) {
                    long header = memory.locate(block.address() - blocks.headerSize());
                    ByteBuffer word = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
                    file.read(word, header);
                    file.write(word.putInt(0, word.getInt(0) + (SESSION << TYPE_SHIFT)).rewind(), header);
                    moved.add(block);
                }
            }
        }
        assertThat(moved).isNotEmpty();
        try (KernelImage image = KernelImage.open(copy)) {
            WalkTotals totals = WalkTotals.of(PoolBlocks.walk(image, Progress.NONE));
            assertThat(totals.rows().stream().filter(WalkTotals.Row::session).mapToLong(row -> row.blocks() + row.parked()).sum())
                    .isEqualTo(moved.size());
            assertThat(totals.against(image.tagTable().value(), image.sessionTagTable().value()))
                    .filteredOn(row -> row.walked().session())
                    .isNotEmpty().allSatisfy(row -> assertThat(row.blocks()).isNull());
            assertThat(image.sessionTagTable().reason()).contains("ExpSessionPoolTrackTable");

            WalkTotals.Row known = totals.rows().stream().filter(row -> row.session() && row.blocks() > 0).findFirst().orElseThrow();
            PoolSnapshot table = new PoolSnapshot(new Provenance("session", ""), "session table", null, true, List.of(
                    new TagUsage(known.tag(), PoolUse.counted(0, 0, 0), PoolUse.counted(known.blocks() + 3, 1, known.bytes())),
                    new TagUsage(OTHER, PoolUse.counted(5, 0, 80), PoolUse.counted(2, 0, 32))));
            List<WalkTotals.Comparison> compared = totals.against(Optional.empty(), Optional.of(table));
            assertThat(compared).filteredOn(row -> row.walked().tag().equals(known.tag()) && row.walked().session())
                    .singleElement().satisfies(row -> assertThat(row.surplusBlocks()).isEqualTo(-2));
            assertThat(compared).filteredOn(row -> row.walked().tag().equals(OTHER))
                    .singleElement().satisfies(row -> assertThat(row.walked().poolWord()).isEqualTo("session"));
        }
    }
}
