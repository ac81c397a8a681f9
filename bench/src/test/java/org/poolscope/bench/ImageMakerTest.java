package org.poolscope.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.poolscope.kernel.KernelImage;
import org.poolscope.lab.image.ImageFormat;
import org.poolscope.lab.image.MemoryRun;
import org.poolscope.lab.machine.MachineSpec;
import org.poolscope.lab.machine.WindowsVersion;
import org.poolscope.model.PoolUse;

/** A benchmark of an image that is not what it says measures nothing. */
class ImageMakerTest {

    private static final int FRAMES = 12_288;
    private static final int BLOCKS = 6_000;
    private static final int PAGE = 4096;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(value = WindowsVersion.class, names = {"SERVER_2003_SP1", "WINDOWS_7_SP1"})
    void theProgramFindsWhatWasPutIn(WindowsVersion version) throws Exception {
        Path file = folder.resolve("image");
        ImageMaker.make(spec(version, ImageFormat.FULL_DUMP), BLOCKS, file);
        long blocks = 0;
        long bytes = 0;
        try (KernelImage image = KernelImage.open(file)) {
            for (var row : image.tagTable().orThrow(file).rows()) {
                for (PoolUse use : List.of(row.paged(), row.nonPaged())) {
                    blocks += use.outstanding();
                    bytes += use.bytes();
                }
            }
        }
        String facts = Files.readString(Path.of(file + ".json"));
        assertThat(blocks).isEqualTo(number(facts, "outstandingBlocks")).isGreaterThan(BLOCKS);
        assertThat(bytes).isEqualTo(number(facts, "outstandingBytes"));
        assertThat(number(facts, "lostBlocks")).isEqualTo(BLOCKS / 200);
        assertThat(number(facts, "profiledBlocks")).isEqualTo(732);
    }

    @Test
    void noPageOutsideTheKernelIsEmpty() throws IOException {
        Path file = folder.resolve("image");
        ImageMaker.make(spec(WindowsVersion.WINDOWS_7_SP1, ImageFormat.RAW), BLOCKS, file);
        byte[] image = Files.readAllBytes(file);
        assertThat(image).hasSize(FRAMES * PAGE);
        int empty = 0;
        for (int page = 0; page < FRAMES; page++) {
            empty += isZero(image, page * PAGE) ? 1 : 0;
        }
        // The kernel's own: parts of its large pages and of the drivers were never written, nor were pages taken in advance.
        assertThat(empty).isLessThan(FRAMES / 4);
        assertThat(isZero(image, (FRAMES - 1) * PAGE)).isFalse();
    }

    @Test
    void theSameNameGivesTheSameBytes() throws IOException {
        MachineSpec spec = spec(WindowsVersion.SERVER_2003_SP1, ImageFormat.FULL_DUMP);
        ImageMaker.make(spec, 500, folder.resolve("a"));
        ImageMaker.make(spec, 500, folder.resolve("b"));
        assertThat(Files.mismatch(folder.resolve("a"), folder.resolve("b"))).isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource(BenchImage.class)
    void eachMachineHasTheMemoryItsNameSays(BenchImage image) {
        String name = image.name();
        long gigabytesOr64 = name.endsWith("64M") ? 64 : 1024L * (name.charAt(name.length() - 2) - '0');
        List<MemoryRun> runs = image.spec().runs();
        long frames = image.spec().format() == ImageFormat.RAW ? runs.getLast().end()
                : runs.stream().mapToLong(MemoryRun::frames).sum();
        assertThat(frames).isEqualTo(gigabytesOr64 << 8);
        assertThat(BenchImage.named(name.toLowerCase(java.util.Locale.ROOT).replace('_', '-'))).isSameAs(image);
    }

    private static MachineSpec spec(WindowsVersion version, ImageFormat format) {
        return new MachineSpec(version, false, format, List.of(new MemoryRun(0x1, 0x9e), new MemoryRun(0x100, FRAMES - 0x100)),
                4_000, 2, 2, 4_096, 8_192, 2_048, 2_049, 4_096);
    }

    private static long number(String facts, String name) {
        Matcher found = Pattern.compile('"' + name + "\": (\\d+)").matcher(facts);
        assertThat(found.find()).as(name).isTrue();
        return Long.parseLong(found.group(1));
    }

    private static boolean isZero(byte[] image, int from) {
        for (int i = from; i < from + PAGE; i++) {
            if (image[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
