package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;

/** Whoever lists pointers to a block and whoever says that nothing leads to it must agree. */
class DoubtsTest {

    /** Bytes of the header of a list or object that marking reads in a way of its own: a pointer in it is no plain word. */
    private static final double SPECIAL_SHARE = 0.02;

    @ParameterizedTest
    @MethodSource("org.poolscope.pool.RunningKernel#images")
    void noWordThatCountsLeadsToAnUnreferencedBlock(String name) throws Exception {
        try (KernelImage image = KernelImage.open(RunningKernel.image(name))) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            Reachability reached = Reachability.of(image, blocks, Progress.NONE);
            Reachability.Doubt doubts = reached.doubts();
            int unreferenced = 0;
            int held = 0;
            int heldByWords = 0;
            for (PoolTag tag : tags(blocks)) {
                Set<Long> counted = new HashSet<>();
                for (References.Cursor one = References.to(image, blocks, tag).cursor(Progress.NONE); one.next();) {
                    if (doubts.of(one.from(), one.word()).isEmpty()) {
                        counted.add(one.to());
                    }
                }
                for (BlockCursor block = blocks.cursor(); block.next();) {
                    if (block.key() == tag.key() && block.state() == BlockState.ALLOCATED) {
                        if (reached.isReached(block.address())) {
                            held++;
                            heldByWords += counted.contains(block.address()) ? 1 : 0;
                        } else {
                            unreferenced++;
                            assertThat(counted).as("%s", block.block()).doesNotContain(block.address());
                        }
                    }
                }
            }
            assertThat(unreferenced).isPositive();
            assertThat(held - heldByWords).isLessThan((int) (SPECIAL_SHARE * held));
        }
    }

    private static Set<PoolTag> tags(PoolBlocks blocks) {
        Set<PoolTag> tags = new HashSet<>();
        for (String tag : new String[] {"Io  ", "Gh05", "SeSd", "USTR", "CM  ", "ObCI"}) {
            tags.add(PoolTag.parse(tag));
        }
        return tags;
    }
}
