package org.poolscope.memory.packed;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.Progress;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Changes to sound packed files: they unpack to something within the limit, or are refused and leave nothing behind. */
class UnpackerFuzzTest {

    private static final int LIMIT = 1 << 16;
    private static final byte[][] SOUND = sound();

    private interface Packer {
        OutputStream on(OutputStream out) throws IOException;
    }

    private static byte[][] sound() {
        List<Packer> packers = List.of(GZIPOutputStream::new, BZip2CompressorOutputStream::new,
                out -> new XZOutputStream(out, new LZMA2Options(0)), out -> {
                    ZipOutputStream zip = new ZipOutputStream(out);
                    zip.putNextEntry(new ZipEntry("logs/MEMORY.DMP"));
                    return zip;
                });
        return packers.stream().map(packer -> {
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (OutputStream out = packer.on(packed)) {
                out.write("PAGEDU64 and so on".repeat(20).getBytes("ASCII"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return packed.toByteArray();
        }).toArray(byte[][]::new);
    }

    @FuzzTest(maxDuration = "30s")
    void changedFiles(FuzzedDataProvider data) throws IOException {
        byte[] file = data.pickValue(SOUND).clone();
        while (data.remainingBytes() >= 3) {
            file[data.consumeInt(0, file.length - 1)] = data.consumeByte();
        }
        Path folder = Files.createTempDirectory("poolscope-fuzz");
        try {
            Path packed = Files.write(folder.resolve("file"), file);
            Unpacker unpacker = new Unpacker(LIMIT, folder.resolve("cache"), Progress.NONE, notice -> { });
            try {
                for (UnpackedFile one : unpacker.unpack(EvidenceFile.open(packed)).orElse(List.of())) {
                    assertThat(Files.size(one.path())).isLessThanOrEqualTo(LIMIT);
                    assertThat(one.path()).startsWith(folder);
                }
            } catch (EvidenceException e) {
                assertThat(e.remedy()).isNotEmpty();
                try (Stream<Path> left = Files.list(folder)) {
                    assertThat(left).containsExactly(packed);
                }
            }
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
            }
        }
    }
}
