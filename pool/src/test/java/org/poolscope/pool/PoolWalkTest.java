package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.poolscope.kernel.BigPageTable;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;

/** The walk, against every block a running kernel had. */
class PoolWalkTest {

    @ParameterizedTest
    @MethodSource("org.poolscope.pool.RunningKernel#images")
    void everyBlockIsFoundAsTheKernelKnowsIt(String name) throws Exception {
        try (KernelImage image = KernelImage.open(RunningKernel.image(name))) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            int header = blocks.headerSize();
            Map<Long, RunningKernel.Block> found = new HashMap<>();
            for (BlockCursor block = blocks.cursor(); block.next();) {
                if (block.kind() == BlockKind.PAGE && block.state() != BlockState.FREE) {
                    found.put(block.address(), new RunningKernel.Block(block.address() - header, (int) block.size(), block.tag(),
                            block.pool() == PoolKind.PAGED, block.state() == BlockState.LOOKASIDE));
                }
            }
            assertThat(found).isEqualTo(RunningKernel.blocks(name));
            assertThat(blocks.damage()).isEmpty();
            assertThat(blocks.warnings()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("org.poolscope.pool.RunningKernel#images")
    void bigAllocationsAreAmongTheBlocks(String name) throws Exception {
        try (KernelImage image = KernelImage.open(RunningKernel.image(name))) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            long last = 0;
            int big = 0;
            for (BlockCursor block = blocks.cursor(); block.next();) {
                assertThat(Long.compareUnsigned(block.address(), last)).isPositive();
                last = block.address();
                big += block.kind() == BlockKind.BIG ? 1 : 0;
            }
            assertThat(big).isEqualTo(RunningKernel.rows("dumps/" + name + ".bigpages.csv").size());
            BigPageTable table = image.bigPages().orThrow(image.image().path());
            assertThat(blocks.blockAt(table.address(0) + 5)).hasValueSatisfying(block -> {
                assertThat(block.address()).isEqualTo(table.address(0));
                assertThat(block.kind()).isEqualTo(BlockKind.BIG);
                assertThat(block.tag()).isEqualTo(table.tag(0));
            });
        }
    }

    @ParameterizedTest
    @MethodSource("org.poolscope.pool.RunningKernel#images")
    void totalsEqualTheKernelsOwnBooks(String name) throws Exception {
        try (KernelImage image = KernelImage.open(RunningKernel.image(name))) {
            WalkTotals totals = WalkTotals.of(PoolBlocks.walk(image, Progress.NONE));
            List<WalkTotals.Comparison> compared = totals.against(image.tagTable().value(), image.sessionTagTable().value());
            assertThat(compared).hasSizeGreaterThan(100).filteredOn(row -> !row.walked().tag().equals(PoolTag.parse("Pool")))
                    .allSatisfy(row -> {
                        assertThat(row.surplusBlocks()).as("%s", row).isZero();
                        assertThat(row.surplusBytes()).as("%s", row).isZero();
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("org.poolscope.pool.RunningKernel#images")
    void anAddressInsideABlockLeadsToIt(String name) throws Exception {
        try (KernelImage image = KernelImage.open(RunningKernel.image(name))) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            int i = 0;
            for (BlockCursor block = blocks.cursor(); block.next();) {
                if (i++ % 97 == 0) {
                    PoolBlock expected = block.block();
                    long first = expected.kind() == BlockKind.PAGE ? expected.address() - blocks.headerSize() : expected.address();
                    assertThat(blocks.blockAt(first)).contains(expected);
                    assertThat(blocks.blockAt(first + expected.size() - 1)).contains(expected);
                    assertThat(blocks.find(first)).isEqualTo(blocks.find(first + expected.size() - 1));
                    assertThat(blocks.address(blocks.find(first))).isEqualTo(expected.address());
                    if (expected.kind() == BlockKind.PAGE) {
                        assertThat(blocks.page(first)).contains(expected);
                    }
                }
            }
            assertThat(blocks.blockAt(0)).isEmpty();
            assertThat(blocks.blockAt(-1)).isEmpty();
        }
    }
}
