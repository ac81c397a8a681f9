package org.poolscope.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
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

/**
 * Raw images of running kernels compatible with NT 5.2 that are another program's work, against tables read with those kernels'
 * own symbols.
 */
class ForeignKernelTest {

    @ParameterizedTest
    @ValueSource(strings = {"nt52-idle", "nt52-load", "nt52-before", "nt52-after", "nt52-x64-boot"})
    void tagTableMatchesRowForRow(String name) throws EvidenceException {
        try (KernelImage image = KernelImage.open(RealEvidence.image(name + ".raw"))) {
            PoolSnapshot snapshot = image.tagTable().value().orElseThrow();
            assertThat(snapshot.complete()).isTrue();
            Map<PoolTag, TagUsage> expected = new TreeMap<>();
            for (Map<String, String> row : CsvTable.read(name + ".pooltrack.csv")) {
                PoolTag tag = tag(row);
                expected.put(tag, new TagUsage(tag, use(row, "npallocs", "npfrees", "npbytes"),
                        use(row, "pagedallocs", "pagedfrees", "pagedbytes")));
            }
            assertThat(snapshot.rows()).containsExactlyInAnyOrderElementsOf(expected.values());
            assertThat(image.warnings()).isEmpty();
        }
    }

    private static PoolTag tag(Map<String, String> row) {
        return new PoolTag(Integer.parseUnsignedInt(row.get("key").substring(2), 16));
    }

    private static PoolUse use(Map<String, String> row, String allocs, String frees, String bytes) {
        return PoolUse.counted(Long.parseLong(row.get(allocs)), Long.parseLong(row.get(frees)), Long.parseLong(row.get(bytes)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nt52-idle", "nt52-load", "nt52-before", "nt52-after", "nt52-x64-boot"})
    void bigPagesMatchRowForRow(String name) throws EvidenceException {
        try (KernelImage image = KernelImage.open(RealEvidence.image(name + ".raw"))) {
            BigPageTable table = image.bigPages().value().orElseThrow();
            List<String> found = IntStream.range(0, table.size())
                    .mapToObj(i -> "0x%x %s %d".formatted(table.address(i), table.tag(i), table.bytes(i))).toList();
            List<String> expected = CsvTable.read(name + ".bigpages.csv").stream().map(row -> "%s %s %d".formatted(row.get("va"),
                    tag(row), 4096 * Long.parseLong(row.get("numberofpages_field")))).toList();
            assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(table.slots()).isGreaterThanOrEqualTo(1 + CsvTable.read(name + ".bigpages.csv").stream()
                    .mapToInt(row -> Integer.parseInt(row.get("slot"))).max().orElseThrow());
            assertThat(IntStream.range(0, table.size()).allMatch(i -> table.pool(i).isPresent())).isTrue();
            assertThat(table.find(table.address(5) + 1)).isEqualTo(5);
            assertThat(table.find(1)).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nt52-idle", "nt52-load", "nt52-before", "nt52-after", "nt52-x64-boot"})
    void modulesMatchRowForRow(String name) throws EvidenceException {
        try (KernelImage image = KernelImage.open(RealEvidence.image(name + ".raw"))) {
            List<LoadedModule> modules = image.modules().value().orElseThrow();
            List<String> found = modules.stream().map(m -> "0x%x 0x%x %s %s".formatted(m.base(), m.size(), m.name(), m.path()))
                    .toList();
            List<String> expected = CsvTable.read(name + ".modules.csv").stream()
                    .map(row -> String.join(" ", row.get("base"), row.get("size"), row.get("name"), row.get("fullname")))
                    .toList();
            assertThat(found).containsExactlyElementsOf(expected);
            assertThat(modules.getFirst().timeDateStamp()).as("the linker's stamp, not the list's -1")
                    .isBetween(0x6b02_0000L, 0x6b03_0000L);
        }
    }

    @Test
    void saysWhatTheImageIs() throws EvidenceException {
        try (KernelImage image = KernelImage.open(RealEvidence.image("nt52-idle.raw"))) {
            ImageInfo info = image.info();
            assertThat(info.format()).isEqualTo("raw");
            assertThat(info.dumpType()).isNull();
            assertThat(info.architecture()).isEqualTo(Architecture.X86);
            assertThat(info.pae()).isFalse();
            assertThat(info.build()).isEqualTo(3790);
            assertThat(info.servicePack()).isEqualTo(2);
            assertThat(info.processors()).isEqualTo(1);
            assertThat(info.kernelBase()).isEqualTo(0x8040_0000L);
            assertThat(info.directoryTableBase()).isEqualTo(0xb6_c000L);
            assertThat(info.bugCheck()).isNull();
            assertThat(info.physicalPages()).isEqualTo(0xff7a);
            assertThat(info.presentPages()).isEqualTo(65_536);
            assertThat(info.systemTime()).isBetween("2026-11-01T00:00:00Z", "2026-12-31T00:00:00Z");
        }
    }

    @Test
    void saysWhyAStoppedSystemStopped() throws EvidenceException {
        try (KernelImage image = KernelImage.open(RealEvidence.image("nt52-x64-boot.raw"))) {
            assertThat(image.info().bugCheck().code()).isEqualTo(0xc000_0135);
            assertThat(image.info().bugCheck().name()).isEqualTo("STATUS_DLL_NOT_FOUND");
            assertThat(image.info().architecture()).isEqualTo(Architecture.X64);
            assertThat(image.info().build()).isEqualTo(3790);
            assertThat(image.info().kernelBase()).isEqualTo(0xffff_f800_0040_0000L);
        }
    }

    @Test
    void countersComeFromTheDescriptorsWhereTheKernelKeepsNoTotals() throws EvidenceException {
        try (KernelImage image = KernelImage.open(RealEvidence.image("nt52-idle.raw"))) {
            MemoryCounters counters = image.counters().value().orElseThrow();
            assertThat(counters.nonPagedUsedBytes()).isEqualTo(4096L * (0x462 + 0x129));
            assertThat(counters.nonPagedMaximumBytes()).isEqualTo(0x616_3000);
            assertThat(counters.pagedUsedBytes()).isEqualTo(4096L * (0x107 + 0x3d2));
            assertThat(counters.pagedMaximumBytes()).isEqualTo(0xc40_0000);
            assertThat(counters.pagedPools()).hasSize(1);
            assertThat(counters.availableBytes()).isEqualTo(4096L * 0x9394);
            assertThat(counters.commitLimitBytes()).isEqualTo(4096L * 0xe554);
            assertThat(counters.committedBytes()).isEqualTo(4096L * 0x48d8);
            assertThat(counters.impossible()).isEmpty();
            assertThat(counters.excessive()).isEmpty();
            assertThat(image.poolRegions().poolOf(0xe100_1000L)).hasValue(PoolKind.PAGED);
            assertThat(image.poolRegions().poolOf(0xb060_e000L)).hasValue(PoolKind.NONPAGED);
        }
    }
}
