package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.Irp;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.model.RealEvidence;

/** Against a running kernel that others made leak, and against healthy ones. */
class ReachabilityTest {

    @Test
    void whatADriverLostIsFoundAndWhatItKeepsIsNot() throws Exception {
        try (KernelImage image = KernelImage.open(RealEvidence.image("nt52-after.raw"))) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            Reachability reached = Reachability.of(image, blocks, Progress.NONE);
            List<Reachability.Row> rows = reached.rows();
            // Of 20,000 blocks the driver lost, 64 are still chained, 3 belong to requests, and stale words lead to a few more.
            assertThat(row(rows, "Io  ", PoolKind.NONPAGED).unreferencedBlocks()).isBetween(19_902L, 19_933L);
            assertThat(row(rows, "IfsK", PoolKind.NONPAGED)).satisfies(kept -> {
                assertThat(kept.blocks()).isEqualTo(1000);
                assertThat(kept.unreferencedBlocks()).isZero();
            });
            assertThat(row(rows, "Mup ", PoolKind.PAGED)).satisfies(kept -> {
                assertThat(kept.blocks()).isGreaterThanOrEqualTo(14_700);
                assertThat(kept.unreferencedBlocks()).isLessThanOrEqualTo(12);
            });
            assertThat(reached.seenBytes()).isGreaterThan(20L << 20);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nt52-idle.raw", "nt52-load.raw", "nt52-before.raw", "nt52-x64-boot.raw"})
    void healthyMachinesAreNotAccused(String name) throws Exception {
        try (KernelImage image = KernelImage.open(RealEvidence.image(name))) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            assertThat(Reachability.of(image, blocks, Progress.NONE).rows()).filteredOn(row -> row.blocks() > 1000)
                    .allSatisfy(row -> assertThat(row.unreferencedShare()).as(row.toString()).isLessThanOrEqualTo(0.01));
        }
    }

    @Test
    void theSameAnswerEachTime() throws Exception {
        try (KernelImage image = KernelImage.open(RealEvidence.image("nt52-before.raw"))) {
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            assertThat(Reachability.of(image, blocks, Progress.NONE).rows()).isEqualTo(Reachability.of(image, blocks, Progress.NONE).rows());
        }
    }

    @Test
    void buffersOfRequestsAreReached() throws Exception {
        try (KernelImage image = KernelImage.open(RealEvidence.image("nt52-after.raw"))) {
            Reachability reached = Reachability.of(image, PoolBlocks.walk(image, Progress.NONE), Progress.NONE);
            List<Irp> irps = KernelObjects.of(image).orThrow(image.image().path()).irps(Progress.NONE).orThrow(image.image().path());
            assertThat(irps).filteredOn(irp -> irp.listed() && irp.systemBuffer() != null).isNotEmpty()
                    .allSatisfy(irp -> assertThat(reached.isReached(irp.systemBuffer())).isTrue());
        }
    }

    private static Reachability.Row row(List<Reachability.Row> rows, String tag, PoolKind pool) {
        Optional<Reachability.Row> found = rows.stream().filter(row -> row.tag().equals(PoolTag.parse(tag)) && row.pool() == pool).findFirst();
        assertThat(found).as(tag).isPresent();
        return found.get();
    }
}
