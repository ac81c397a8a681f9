package org.poolscope.kernel.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.kernel.KernelImage;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.Progress;
import org.poolscope.model.RealEvidence;

/** Images of which a part is missing: what is not there proves nothing against what is. */
class CutImagesTest {

    private static final long CUT = 60_000_000;

    @TempDir
    private Path folder;

    private Path cut(String name, long bytes) throws IOException {
        Path cut = folder.resolve(name);
        try (FileChannel from = FileChannel.open(RealEvidence.image(name));
                FileChannel to = FileChannel.open(cut, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThat(from.transferTo(0, bytes, to)).isEqualTo(bytes);
        }
        return cut;
    }

    @Test
    void rawMemoryThatEndsTooEarlyIsKnownByTheKernelsListOfItsMemory() throws IOException, EvidenceException {
        try (KernelImage image = KernelImage.open(cut("nt52-after.raw", CUT))) {
            // The machine's memory ends at page 0x7fdf, by its own list.
            assertThat(image.missingPages()).isEqualTo(0x7fdf - CUT / 4096);
            assertThat(image.warnings()).anySatisfy(warning -> assertThat(warning).contains("cut short", "18,087 pages"));
        }
        for (String whole : List.of("nt52-after", "nt52-idle", "nt52-load", "nt52-x64-boot")) {
            try (KernelImage image = KernelImage.open(RealEvidence.image(whole + ".raw"))) {
                assertThat(image.missingPages()).as(whole).isZero();
            }
        }
    }

    @Test
    void threadsThatAreMissingDoNotMakeTheLayoutWrong() throws IOException, EvidenceException {
        try (KernelImage image = KernelImage.open(cut("nt52-after.raw", CUT));
                KernelImage whole = KernelImage.open(RealEvidence.image("nt52-after.raw"))) {
            KernelObjects objects = KernelObjects.of(image).value().orElseThrow();
            List<KernelProcess> processes = objects.processes().value().orElseThrow();
            assertThat(objects.warnings()).noneSatisfy(warning -> assertThat(warning).contains("not laid out"));
            List<KernelThread> all = KernelObjects.of(whole).value().orElseThrow().threads().value().orElseThrow();
            assertThat(processes.stream().flatMap(process -> process.threads().stream()).map(KernelThread::address)).hasSizeGreaterThan(20)
                    .isSubsetOf(all.stream().map(KernelThread::address).toList());
            assertThat(processes).filteredOn(KernelProcess::name, "winlogon.exe").singleElement().satisfies(process -> {
                assertThat(process.threads()).as("of five").hasSize(2);
                assertThat(process.threadCount()).isNull();
            });
            assertThat(processes.getFirst().threadCount()).isEqualTo(23);
            assertThat(objects.warnings()).filteredOn(warning -> warning.contains("threads may be missing")).hasSize(1);
            assertThat(objects.irps(Progress.NONE).value().orElseThrow()).filteredOn(Irp::listed).isNotEmpty()
                    .allSatisfy(irp -> assertThat(irp.process()).isNotNull());
        }
    }

    @Test
    void aSmallDumpHasPiecesOfProcessesThatAreLaidOutAsTheyShould() throws EvidenceException {
        try (KernelImage image = KernelImage.open(RealEvidence.image("triage-19041-x64-bugcheck-7e.dmp"))) {
            KernelObjects objects = KernelObjects.of(image).value().orElseThrow();
            assertThat(objects.processes().value().orElseThrow()).hasSize(5);
            assertThat(objects.warnings()).noneSatisfy(warning -> assertThat(warning).contains("not laid out"));
        }
    }
}
