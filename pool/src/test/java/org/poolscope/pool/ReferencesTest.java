package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.DeviceObject;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;

/** Who points where, in a running kernel of which it is known. */
class ReferencesTest {

    private record Reference(long from, long to, long offset) {
    }

    @Test
    void everyLostBlockPointsToTheDevice() throws Exception {
        try (KernelImage image = KernelImage.open(RunningKernel.image("nt52-after"))) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            DeviceObject device = KernelObjects.of(image).orThrow(image.image().path()).devices(Progress.NONE)
                    .orThrow(image.image().path()).stream().filter(one -> one.driver().equals("\\Driver\\ioleak")).findFirst().orElseThrow();
            List<Reference> found = all(References.to(image, blocks, device.address()).orElseThrow());
            long devices = found.stream().filter(one -> one.to() + one.offset() == device.address())
                    .filter(one -> blocks.blockAt(one.from()).filter(block -> block.tag().equals(PoolTag.parse("Io")) && block.size() == 0x40
                            && one.from() == block.address() + 16).isPresent()).count();
            assertThat(devices).isEqualTo(20_000);
            assertThat(found).isSortedAccordingTo((a, b) -> Long.compareUnsigned(a.from(), b.from()));
            assertThat(found).allSatisfy(one -> assertThat(image.memory().orThrow(image.image().path()).pointer(one.from()))
                    .isEqualTo(one.to() + one.offset()));
        }
    }

    @Test
    void aTagsBlocksAreThoseOfItsBlocksOneByOne() throws Exception {
        try (KernelImage image = KernelImage.open(RunningKernel.image("nt52-x64-boot"))) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            PoolTag tag = PoolTag.parse("Driv");
            List<Reference> together = all(References.to(image, blocks, tag));
            Set<Reference> single = new HashSet<>();
            for (BlockCursor block = blocks.cursor(); block.next();) {
                if (block.tag().equals(tag) && block.state() == BlockState.ALLOCATED) {
                    single.addAll(all(References.to(image, blocks, block.address()).orElseThrow()));
                }
            }
            assertThat(together).isNotEmpty().doesNotHaveDuplicates();
            assertThat(new HashSet<>(together)).isEqualTo(single);
        }
    }

    /** By the page tables, 471 valid entries of kernel space lead beyond the end of memory: to devices. What was never touched is none of them. */
    @Test
    void pagesOutOfSightAreThoseThatMayHoldPointers() throws Exception {
        try (KernelImage image = KernelImage.open(RunningKernel.image("nt52-after"))) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            assertThat(References.to(image, blocks, PoolTag.parse("Io")).absentPages()).isEqualTo(471);
            assertThat(Reachability.of(image, blocks, Progress.NONE).unseenBytes().values().stream().mapToLong(Long::longValue).sum())
                    .isEqualTo(471 * 4096);
        }
    }

    @Test
    void nothingIsSoughtOutsideOfBlocks() throws Exception {
        try (KernelImage image = KernelImage.open(RunningKernel.image("nt52-before"))) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            assertThat(References.to(image, blocks, 0)).isEmpty();
            assertThat(all(References.to(image, blocks, PoolTag.parse("none")))).isEmpty();
        }
    }

    private static List<Reference> all(References references) {
        List<Reference> all = new ArrayList<>();
        for (References.Cursor one = references.cursor(Progress.NONE); one.next();) {
            all.add(new Reference(one.from(), one.to(), one.offset()));
        }
        return all;
    }
}
