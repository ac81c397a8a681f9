package org.poolscope.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.model.Architecture;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.RealEvidence;
import org.poolscope.model.TagUsage;

/** Images with the kernel's variables at their places in Windows 10, in every format; and real small dumps. */
class WindowsImageTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"layout-19041-full1.dmp", "layout-19041-bmp5.dmp", "layout-19041-bmp6.dmp", "layout-19041-rdmp8.dmp",
        "layout-19041-raw"})
    void poolTablesOfAllProcessorsAreAddedUp(String name) throws EvidenceException {
        try (KernelImage image = KernelImage.open(RealEvidence.image(name))) {
            assertPoolTables(image);
            assertThat(image.warnings()).isEmpty();
            ImageInfo info = image.info();
            assertThat(info.build()).isEqualTo(19041);
            assertThat(info.architecture()).isEqualTo(Architecture.X64);
            assertThat(info.kernelBase()).isEqualTo(0xffff_f803_1000_0000L);
            assertThat(info.directoryTableBase()).isEqualTo(0x1a_d000L);
            assertThat(info.buildLab()).startsWith("19041.1.amd64fre.vb_release");
            assertThat(image.modules().value().orElseThrow()).isEmpty();
            assertThat(image.counters().value()).isEmpty();
        }
    }

    private static void assertPoolTables(KernelImage image) {
        PoolSnapshot snapshot = image.tagTable().value().orElseThrow();
        assertThat(snapshot.rows()).containsExactlyInAnyOrder(
                new TagUsage(PoolTag.parse("Leak"), new PoolUse(5L, 3L, 2L, 0x42000L), PoolUse.NONE),
                new TagUsage(PoolTag.parse("CM31"), PoolUse.NONE, new PoolUse(1L, 0L, 1L, 0x9000L)),
                new TagUsage(PoolTag.parse("EtwB"), new PoolUse(9L, 8L, 1L, 0x10000L), PoolUse.NONE));
        assertThat(snapshot.complete()).isTrue();
        BigPageTable big = image.bigPages().value().orElseThrow();
        assertThat(IntStream.range(0, big.size())
                .mapToObj(i -> big.tag(i) + " " + big.bytes(i) + " " + big.pool(i).orElseThrow()))
                .containsExactlyInAnyOrder("Leak 135168 nonpaged", "Leak 135168 nonpaged", "CM31 36864 paged",
                        "EtwB 65536 nonpaged", "MyD  12288 nonpaged");
    }

    /** Without the GUID that leads to its symbols, the tables are found by what stands around the one variable that is told. */
    @Test
    void poolTablesOfAKernelNobodyKnowsAreFoundNearEachOther() throws EvidenceException, IOException {
        Path stranger = changed("layout-19041-full1.dmp", "RSDS", 4);
        try (KernelImage image = KernelImage.open(stranger)) {
            assertPoolTables(image);
            assertThat(image.counters().reason()).contains("symbols");
        }
    }

    /** A running kernel keeps the block encoded: it is then known by its image, and what stands where by its symbols. */
    @Test
    void aKernelWithoutDebuggerDataIsKnownByItsImage() throws EvidenceException, IOException {
        Path encoded = changed("layout-19041-raw", "KDBG", 0);
        try (KernelImage image = KernelImage.open(encoded)) {
            assertPoolTables(image);
            assertThat(image.debuggerData().reason()).contains("encoded");
            assertThat(image.info().kernelBase()).isEqualTo(0xffff_f803_1000_0000L);
            assertThat(image.info().build()).isEqualTo(19041);
            assertThat(image.version()).hasToString("19041.1165");
            assertThat(image.warnings()).anySatisfy(warning -> assertThat(warning).contains("encoded"));
        }
    }

    /** A copy with one byte changed, some way behind every place where a word stands. */
    private Path changed(String name, String word, int behind) throws IOException {
        byte[] image = Files.readAllBytes(RealEvidence.image(name));
        byte[] wanted = word.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i + 8 < image.length; i += 4) {
            if (Arrays.equals(image, i, i + 4, wanted, 0, 4)) {
                image[i + behind] ^= 0x55;
            }
        }
        return Files.write(folder.resolve(name), image);
    }

    @Test
    void aSmallDumpTellsWhyItStoppedAndWhatWasLoaded() throws EvidenceException {
        try (KernelImage image = KernelImage.open(RealEvidence.path("dumps/triage-19041-x64-bugcheck-7e.dmp"))) {
            ImageInfo info = image.info();
            assertThat(info.dumpType()).isEqualTo("triage");
            assertThat(info.build()).isEqualTo(19041);
            assertThat(info.bugCheck().code()).as("the form of the code for small dumps").isEqualTo(0x1000_007e);
            assertThat(info.bugCheck().name()).isEqualTo("SYSTEM_THREAD_EXCEPTION_NOT_HANDLED_M");
            assertThat(info.bugCheck().parameters()).hasSize(4).startsWith(0xffff_ffff_c000_0005L);
            assertThat(info.presentPages()).isNull();
            assertThat(info.kernelBase()).isNotNull();
            List<LoadedModule> modules = image.modules().value().orElseThrow();
            assertThat(modules).anySatisfy(module -> assertThat(module.name()).isEqualToIgnoringCase("ntoskrnl.exe"));
            assertThat(modules.getFirst().base()).isEqualTo(info.kernelBase());
            assertThat(image.tagTable().value()).isEmpty();
            assertThat(image.tagTable().reason()).contains("small dump");
            assertThat(image.counters().value()).isEmpty();
            assertThat(image.debuggerData().value().flatMap(data -> Optional.of(data.size()))).hasValue(0x380);
        }
    }

    @Test
    void aSmallDumpWrittenAtTheCrashCarriesTotals() throws EvidenceException {
        try (KernelImage image = KernelImage.open(RealEvidence.path("dumps/triage-19041-x64-with-pool-totals.dmp"))) {
            MemoryCounters counters = image.counters().value().orElseThrow();
            assertThat(counters.nonPagedUsedBytes()).isEqualTo(79_872L * 4096);
            assertThat(counters.pagedUsedBytes()).isEqualTo(75_825L * 4096);
            assertThat(counters.committedBytes()).isEqualTo(2_971_963L * 4096);
            assertThat(counters.peakCommitBytes()).isEqualTo(3_363_062L * 4096);
            assertThat(counters.commitLimitBytes()).isEqualTo(18_185_323L * 4096);
            assertThat(counters.excessive()).doesNotContain(PoolKind.PAGED);
        }
    }

    @Test
    void anArmDumpGivesHeaderAndModules() throws EvidenceException {
        try (KernelImage image = KernelImage.open(RealEvidence.path("dumps/triage-22000-arm64-bugcheck-1c8.dmp"))) {
            assertThat(image.info().architecture()).isEqualTo(Architecture.ARM64);
            assertThat(image.info().build()).isEqualTo(22000);
            assertThat(image.info().bugCheck().name()).isEqualTo("MANUALLY_INITIATED_POWER_BUTTON_HOLD");
            assertThat(image.modules().value().orElseThrow()).hasSizeGreaterThan(50);
        }
    }
}
