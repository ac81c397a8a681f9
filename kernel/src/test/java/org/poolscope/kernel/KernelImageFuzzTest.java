package org.poolscope.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.TagUsage;

/** Images of a small kernel with bytes changed: whatever the damage, answers come, in time, and of sane size. */
class KernelImageFuzzTest {

    private static final byte[] KERNEL = kernel().raw();
    private static final byte[] DUMP = kernel().fullDump(3790);

    private static TinyKernel kernel() {
        TinyKernel kernel = new TinyKernel(5, 2).variable(0xf8, 524_014).variable(0x1a8, 351_447).variable(0x100, 0x800_0000)
                .variable(0x140, 0x1000_0000).variable(0x250, 2_778).variable(0x70, 1).variable(0x268, 0x100)
                .variable(0x110, 0x8200_0000L).variable(0x118, 0xffbe_0000L).variable(0x120, 0xe100_0000L)
                .variable(0x128, 0xf0ff_ffffL);
        kernel.debuggerData(0x68, 0x8047_0000L).u32(0x8047_0000L, 0x8048_0000L).u32(0x8048_0000L, 1).u32(0x8048_0010L, 40);
        kernel.variable(0x220, 0x8049_0000L).variable(0x228, 3).variable(0x218, 0x804b_0120L).u32(0x8049_0000L + 50 * 0x18, 0);
        for (int i = 0; i < 100; i++) {
            kernel.tracker(i, "T%03d".formatted(i), 10 + i, i, 160, 3, 1, 64);
        }
        kernel.u32(TinyKernel.TRACK_TABLE_VARIABLE - 4, TinyKernel.BIG_TABLE).u32(TinyKernel.TRACK_TABLE_VARIABLE + 0x20, 256);
        for (int slot = 0; slot < 256; slot++) {
            kernel.u32(TinyKernel.BIG_TABLE + 16L * slot, 0xe100_0000L + (slot << 12))
                    .u32(TinyKernel.BIG_TABLE + 16L * slot + 4, 0x3133_4d43)
                    .u32(TinyKernel.BIG_TABLE + 16L * slot + 8, 2);
        }
        return kernel;
    }

    @FuzzTest(maxDuration = "30s")
    void damagedImagesAreAnswered(FuzzedDataProvider data) throws IOException {
        byte[] image = (data.consumeBoolean() ? KERNEL : DUMP).clone();
        int length = data.consumeBoolean() ? image.length : data.consumeInt(0, image.length);
        while (data.remainingBytes() > 0) {
            // Words are where the meaning is: one in two changes goes to a word that is not zero.
            int at = data.consumeInt(0, image.length / 4 - 1) * 4;
            if (data.consumeBoolean()) {
                at = nextUsed(image, at);
            }
            int value = data.consumeInt();
            for (int i = 0; i < 4; i++) {
                image[at + i] = (byte) (value >> 8 * i);
            }
        }
        ask(Arrays.copyOf(image, length));
    }

    /** The same with a plain random source, so that every build tries some hundred damaged images. */
    @Property(tries = 300)
    void someDamagedImagesAreAnswered(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        byte[] image = (random.nextBoolean() ? KERNEL : DUMP).clone();
        for (int change = random.nextInt(1, 40); change > 0; change--) {
            int at = nextUsed(image, random.nextInt(image.length / 4) * 4);
            int value = switch (random.nextInt(4)) {
                case 0 -> random.nextInt();
                case 1 -> -1;
                case 2 -> 0x8000_0000;
                default -> 0x8045_0000 + random.nextInt(0x2_0000);
            };
            for (int i = 0; i < 4; i++) {
                image[at + i] = (byte) (value >> 8 * i);
            }
        }
        ask(image);
    }

    private static int nextUsed(byte[] image, int from) {
        for (int at = from; at < image.length; at += 4) {
            if ((image[at] | image[at + 1] | image[at + 2] | image[at + 3]) != 0) {
                return at;
            }
        }
        return from;
    }

    private static void ask(byte[] bytes) throws IOException {
        Path file = Files.createTempFile("poolscope", ".img");
        try {
            Files.write(file, bytes);
            try (KernelImage image = KernelImage.open(file)) {
                assertThat(image.info()).isNotNull();
                List<LoadedModule> modules = image.modules().value().orElse(List.of());
                assertThat(modules).hasSizeLessThanOrEqualTo(20_000);
                image.tagTable().value().ifPresent(table -> assertThat(table.rows()).extracting(TagUsage::tag)
                        .doesNotHaveDuplicates());
                image.bigPages().value().ifPresent(table -> assertThat(table.size()).isLessThanOrEqualTo(table.slots()));
                image.counters();
                image.unloadedModules();
                image.poolRegions();
                image.pagedPoolMap().value().ifPresent(map -> assertThat(map.allocated().length())
                        .isLessThanOrEqualTo(map.tabled()));
                image.nonPagedSpans();
                for (PoolDescriptor descriptor : image.poolDescriptors()) {
                    FreeLists.walk(image, descriptor, entry -> { });
                }
                assertThat(image.warnings()).doesNotContainNull();
            } catch (EvidenceException e) {
                assertThat(e.problem()).isNotBlank();
            }
        } finally {
            Files.delete(file);
        }
    }
}
