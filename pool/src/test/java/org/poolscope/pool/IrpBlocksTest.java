package org.poolscope.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.objects.Irp;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.lab.LabCases;
import org.poolscope.lab.LabOptions;
import org.poolscope.lab.LabResult;
import org.poolscope.model.Address;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.model.RealEvidence;

/** Which blocks belong to I/O requests. */
class IrpBlocksTest {

    private static final PoolTag IO = PoolTag.parse("Io  ");

    @TempDir
    private Path folder;

    private record Linked(List<Irp> irps, IrpBlocks blocks, PoolBlocks all) {

        static Linked of(KernelImage image) throws Exception {
            List<Irp> irps = KernelObjects.of(image).orThrow(image.image().path()).irps(Progress.NONE).orThrow(image.image().path());
            PoolBlocks blocks = PoolBlocks.walk(image, Progress.NONE);
            return new Linked(irps, IrpBlocks.of(image, blocks, WalkTotals.of(blocks), irps), blocks);
        }
    }

    @Test
    void threeOfTheLeakedBlocksOfARunningKernelBelongToRequests() throws Exception {
        Matcher row = Pattern.compile("\"(0x[0-9a-f]+)\",\\s+\"(0x[0-9a-f]+)\",\\s+\\d+\\s+\\]").matcher(RealEvidence.text("dumps/nt52-after.truth.json"));
        Map<Long, Long> truth = new HashMap<>();
        while (row.find()) {
            truth.put(Address.parse(row.group(1)), Address.parse(row.group(2)));
        }
        assertThat(truth).hasSize(3);
        try (KernelImage image = KernelImage.open(RunningKernel.image("nt52-after"))) {
            Linked linked = Linked.of(image);
            Map<Long, Long> found = new HashMap<>();
            for (Irp irp : linked.irps()) {
                linked.blocks().of(irp).stream().filter(link -> link.part() == IrpBlocks.Part.SYSTEM_BUFFER && link.block().tag().equals(IO))
                        .forEach(link -> found.put(irp.address(), link.block().address()));
            }
            assertThat(found).isEqualTo(truth);
            assertThat(linked.blocks().of(IO)).satisfies(account -> {
                assertThat(account.owned()).isEqualTo(3);
                assertThat(account.ownedBytes()).isEqualTo(3 * 0x40);
                assertThat(account.blocks()).isGreaterThan(20_000);
                assertThat(account.waitsIn()).isEqualTo("\\Driver\\ioleak");
            });
            assertThat(linked.blocks().of(PoolTag.parse("IfsK")).owned()).isZero();
        }
    }

    @Test
    void requestsThatDoNotEndAccountForTheirBuffersAndDescriptions() throws Exception {
        LabResult made = LabCases.find("slow-irps").orElseThrow().write(folder.resolve("slow"), LabOptions.scale(0.05));
        String truth = Files.readString(made.truth());
        try (KernelImage image = KernelImage.open(made.files().getFirst())) {
            Linked linked = Linked.of(image);
            long buffers = number(truth, "withSystemBuffer");
            long mdls = number(truth, "withMdl");
            assertThat(linked.blocks().of(IO).owned()).isBetween(buffers, buffers + 50);
            assertThat(linked.blocks().of(PoolTag.parse("Mdl ")).owned()).isBetween(mdls, mdls + 50);
            assertThat(linked.blocks().byTag().getFirst().tag()).hasToString("Irp ");
            assertThat(linked.blocks().byTag().getFirst().owned()).isEqualTo(linked.blocks().outstanding());
        }
    }

    private static long number(String truth, String field) {
        return Long.parseLong(truth.replaceAll("(?s).*?\"" + field + "\" ?: (\\d+).*", "$1"));
    }
}
