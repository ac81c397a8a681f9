package org.poolscope.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.MemoryCounters.PagedPoolUse;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.TagUsage;

class KernelImageTest {

    private static final long PAGE = 4096;

    @TempDir
    Path folder;

    private KernelImage open(TinyKernel kernel) throws EvidenceException {
        return KernelImage.open(TinyKernel.write(folder, kernel.raw()));
    }

    private static TinyKernel server2003() {
        return new TinyKernel(5, 2);
    }

    private static TagUsage row(List<TagUsage> rows, String tag) {
        return rows.stream().filter(row -> row.tag().equals(PoolTag.parse(tag))).findFirst().orElseThrow();
    }

    @Test
    void aFullDumpNamesItsKernel() throws EvidenceException {
        TinyKernel kernel = server2003().variable(0x268, 0x100).tracker(7, "Mup ", 1, 0, 64, 0, 0, 0);
        try (KernelImage image = KernelImage.open(TinyKernel.write(folder, kernel.fullDump(3790)))) {
            ImageInfo info = image.info();
            assertThat(info.format()).isEqualTo("crash-dump-32");
            assertThat(info.dumpType()).isEqualTo("full");
            assertThat(info.build()).isEqualTo(3790);
            assertThat(info.servicePack()).isEqualTo(1);
            assertThat(info.processors()).isEqualTo(2);
            assertThat(info.kernelBase()).isEqualTo(TinyKernel.BASE);
            assertThat(info.bugCheck()).isEqualTo(new BugCheck(0xe2, "MANUALLY_INITIATED_CRASH", List.of()));
            assertThat(image.modules().value().orElseThrow()).extracting(LoadedModule::name)
                    .containsExactly("ntoskrnl.exe", "mup.sys");
            assertThat(image.tagTable().value().orElseThrow().complete()).isTrue();
            assertThat(image.warnings()).isEmpty();
        }
    }

    @Test
    void aHeaderThatNamesTheWrongPlaceIsPutRight() throws EvidenceException {
        byte[] dump = server2003().fullDump(3790);
        dump[0x61] = 0x77;
        try (KernelImage image = KernelImage.open(TinyKernel.write(folder, dump))) {
            assertThat(image.debuggerData().value().orElseThrow().address()).isEqualTo(TinyKernel.DEBUGGER_DATA);
            assertThat(image.warnings()).anySatisfy(warning -> assertThat(warning).contains("found by searching"));
        }
    }

    @Test
    void aDumpWithoutTheBlockStillListsTheModulesItsHeaderLeadsTo() throws EvidenceException {
        byte[] dump = server2003().without(TinyKernel.DEBUGGER_DATA).fullDump(3790);
        try (KernelImage image = KernelImage.open(TinyKernel.write(folder, dump))) {
            assertThat(image.modules().value().orElseThrow()).hasSize(2);
            assertThat(image.tagTable().reason()).isNotEmpty();
            assertThat(image.info().build()).isEqualTo(3790);
            assertThat(image.warnings()).anySatisfy(warning -> assertThat(warning).contains("not in the dump"));
        }
    }

    @Test
    void theFivePagedPoolsOfServer2003AreListedAndAddedUp() throws EvidenceException {
        TinyKernel kernel = server2003().variable(0xf8, 524_014).variable(0x1a8, 351_447).variable(0x1b0, 479_699)
                .variable(0x100, 32_328 * PAGE).variable(0x140, 67_072 * PAGE).variable(0x250, 2_778).variable(0x70, 4);
        long array = 0x8047_0000L;
        kernel.debuggerData(0x68, array);
        int[] used = {3_396, 15_774, 15_804, 15_834, 15_821};
        for (int i = 0; i < used.length; i++) {
            long descriptor = 0x8048_0000L + i * 0x2000L;
            kernel.u32(array + 4L * i, descriptor).u32(descriptor, 1).u32(descriptor + 4, i).u32(descriptor + 0x10, used[i] - 96)
                    .u32(descriptor + 0x14, 96).u32(descriptor + 0x1000, 0);
        }
        try (KernelImage image = open(kernel)) {
            MemoryCounters counters = image.counters().value().orElseThrow();
            assertThat(counters.physicalBytes()).isEqualTo(524_014 * PAGE);
            assertThat(counters.availableBytes()).isEqualTo(351_447 * PAGE);
            assertThat(counters.residentAvailableBytes()).isEqualTo(479_699 * PAGE);
            assertThat(counters.nonPagedUsedBytes()).isEqualTo(2_778 * PAGE);
            assertThat(counters.nonPagedMaximumBytes()).isEqualTo(32_328 * PAGE);
            assertThat(counters.pagedUsedBytes()).isEqualTo(66_629 * PAGE);
            assertThat(counters.pagedMaximumBytes()).isEqualTo(67_072 * PAGE);
            assertThat(counters.pagedPools()).extracting(PagedPoolUse::usedBytes)
                    .containsExactly(3_396 * PAGE, 15_774 * PAGE, 15_804 * PAGE, 15_834 * PAGE, 15_821 * PAGE);
            assertThat(counters.excessive()).containsExactly(PoolKind.PAGED);
            assertThat(counters.committedBytes()).as("not there").isNull();
            assertThat(counters.impossible()).isEmpty();
        }
    }

    @Test
    void whatCannotBeTrueIsLeftOutAndNamed() throws EvidenceException {
        TinyKernel kernel = server2003().variable(0xf8, 1000).variable(0x1a8, 0xffff_0000L).variable(0x100, 0x1000_0000)
                .variable(0x250, 2000).variable(0x70, 0x8000_0000L).debuggerData(0x68, 0x8047_0000L);
        try (KernelImage image = open(kernel)) {
            MemoryCounters counters = image.counters().value().orElseThrow();
            assertThat(counters.availableBytes()).isNull();
            assertThat(counters.nonPagedUsedBytes()).isNull();
            assertThat(counters.pagedPools()).isEmpty();
            assertThat(counters.impossible()).hasSize(2).allSatisfy(sentence -> assertThat(sentence).contains("physical memory"));
        }
    }

    @Test
    void countersWrapAtTheirOwnWidth() throws EvidenceException {
        TinyKernel kernel = server2003().tracker(3, "Wrap", 5, 0xffff_fff0L, 0x540, 0, 0, 0)
                .tracker(4, "Free", 2, 3, 0xffff_fff8L, 0, 0, 0);
        try (KernelImage image = open(kernel)) {
            PoolSnapshot snapshot = image.tagTable().value().orElseThrow();
            assertThat(row(snapshot.rows(), "Wrap").nonPaged()).isEqualTo(new PoolUse(5L, 0xffff_fff0L, 21L, 0x540L));
            assertThat(row(snapshot.rows(), "Free").nonPaged()).isEqualTo(new PoolUse(2L, 3L, -1L, null));
            assertThat(snapshot.complete()).isFalse();
            assertThat(image.warnings()).anySatisfy(warning -> assertThat(warning).contains("fewer bytes than none"));
        }
    }

    @Test
    void aProtectedTagIsTheSameTag() throws EvidenceException {
        TinyKernel kernel = server2003().tracker(3, "Tok\u00e5", 5, 1, 640, 0, 0, 0).tracker(4, "Toke", 1, 1, 0, 2, 1, 48);
        try (KernelImage image = open(kernel)) {
            List<TagUsage> rows = image.tagTable().value().orElseThrow().rows();
            assertThat(rows).containsExactly(
                    new TagUsage(PoolTag.parse("Toke"), PoolUse.counted(6, 2, 640), PoolUse.counted(2, 1, 48)));
        }
    }

    @Test
    void aFullTableIsContinuedInItsExpansion() throws EvidenceException {
        TinyKernel kernel = server2003();
        for (int i = 0; i < 128; i++) {
            kernel.tracker(i, "T%03d".formatted(i), 1, 0, 16, 0, 0, 0);
        }
        try (KernelImage image = open(kernel)) {
            assertThat(image.tagTable().value().orElseThrow().complete()).isFalse();
            assertThat(image.warnings()).anySatisfy(warning -> assertThat(warning).contains("expansion was not found"));
        }
        long expansion = 0x8120_0000L;
        kernel.u32(TinyKernel.TRACK_TABLE_VARIABLE - 0x30, expansion).u32(TinyKernel.TRACK_TABLE_VARIABLE - 0x2c, 146);
        kernel.tracker(expansion, "More", 9, 0, 900, 0, 0, 0).u32(expansion + 146 * TinyKernel.TRACK_TABLE_ENTRY, 0);
        try (KernelImage image = open(kernel)) {
            PoolSnapshot snapshot = image.tagTable().value().orElseThrow();
            assertThat(snapshot.rows()).hasSize(129);
            assertThat(row(snapshot.rows(), "More").nonPaged()).isEqualTo(PoolUse.counted(9, 0, 900));
            assertThat(snapshot.complete()).isTrue();
        }
    }

    @Test
    void aTableWithAMissingPageIsIncompleteAndSaysSo() throws EvidenceException {
        TinyKernel kernel = server2003().u32(TinyKernel.TRACK_TABLE_VARIABLE + 0x10, 255)
                .u32(TinyKernel.TRACK_TABLE_VARIABLE + 0x14, 257)
                .tracker(3, "Here", 1, 0, 16, 0, 0, 0).tracker(200, "Gone", 1, 0, 16, 0, 0, 0)
                .without(TinyKernel.TRACK_TABLE + 0x1000);
        try (KernelImage image = open(kernel)) {
            PoolSnapshot snapshot = image.tagTable().value().orElseThrow();
            assertThat(snapshot.rows()).hasSize(1);
            assertThat(snapshot.complete()).isFalse();
            assertThat(image.warnings())
                    .anySatisfy(warning -> assertThat(warning).contains("of 257 entries").contains("missing"));
        }
    }

    @Test
    void theBigPageTableIsFoundAfterItDoubled() throws EvidenceException {
        TinyKernel kernel = server2003();
        long variable = TinyKernel.TRACK_TABLE_VARIABLE;
        kernel.u32(variable - 0x40, TinyKernel.BIG_TABLE).u32(variable - 0x3c, 1024).u32(variable + 0x200, 256)
                .u32(variable + 0x204, 4096);
        for (int slot = 0; slot < 1024; slot++) {
            long entry = TinyKernel.BIG_TABLE + 16L * slot;
            kernel.u32(entry, slot % 3 == 0 ? 0xe100_0000L + (slot << 12) : slot % 3 == 1 ? 1 : 0xe200_0001L + (slot << 12))
                    .u32(entry + 4, 0x3133_4d43).u32(entry + 8, 2);
        }
        for (int i = 0; i < 4096; i++) {
            kernel.u32(TinyKernel.BIG_TABLE + 16 * 1024 + 4L * i, 0xcafe_0123L + i);
        }
        try (KernelImage image = open(kernel)) {
            BigPageTable table = image.bigPages().value().orElseThrow();
            assertThat(table.slots()).isEqualTo(1024);
            assertThat(table.size()).isEqualTo(342);
            assertThat(IntStream.range(0, table.size()))
                    .allMatch(i -> table.bytes(i) == 8192 && table.tag(i).toString().equals("CM31"));
            assertThat(table.pool(0)).as("no bounds of the pools are known").isEmpty();
        }
    }

    @Test
    void aListOfModulesThatBreaksIsReadFromBothEnds() throws EvidenceException {
        TinyKernel kernel = server2003();
        long[] entries = new long[6];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = kernel.module(0x8046_2000L + 0x200L * i, "m%d.sys".formatted(i), 0xf900_0000L + 0x10000 * i, 0x8000);
        }
        kernel.link(TinyKernel.MODULE_LIST, entries).u32(entries[2], 0x1234_5678);
        try (KernelImage image = open(kernel)) {
            assertThat(image.modules().value().orElseThrow()).extracting(LoadedModule::name)
                    .containsExactly("m0.sys", "m1.sys", "m2.sys", "m3.sys", "m4.sys", "m5.sys");
            assertThat(image.warnings())
                    .anySatisfy(warning -> assertThat(warning).contains("list of loaded modules leads to 0x12345678"));
        }
    }

    @Test
    void aCircleOfModulesEnds() throws EvidenceException {
        TinyKernel kernel = server2003().u32(0x8046_2200L, 0x8046_2000L);
        try (KernelImage image = open(kernel)) {
            assertThat(image.modules().value().orElseThrow()).hasSize(2);
            assertThat(image.warnings()).anySatisfy(warning -> assertThat(warning).contains("runs in a circle"));
        }
    }

    @Test
    void aLeftoverBlockOfAnotherKernelIsPassedBy() throws EvidenceException {
        TinyKernel kernel = server2003();
        long stale = 0x8041_0000L;
        kernel.u32(stale + 0x10, 0x4742_444bL).u32(stale + 0x14, 0x318).u32(stale + 0x18, 0x9000_0000L)
                .u32(stale + 0x48, 0x8045_0000L)
                .u32(stale + 0x700, 0x4742_444bL);
        try (KernelImage image = open(kernel)) {
            assertThat(image.debuggerData().value().orElseThrow().address()).isEqualTo(TinyKernel.DEBUGGER_DATA);
        }
    }

    @Test
    void ofWindows2000OnlyWhatIsKnownIsRead() throws EvidenceException {
        TinyKernel kernel = new TinyKernel(5, 0).tracker(5, "Io  ", 7, 2, 320, 0, 0, 0).variable(0x100, 0x100_0000)
                .variable(0x250, 100);
        try (KernelImage image = open(kernel)) {
            assertThat(image.info().build()).isEqualTo(2195);
            assertThat(image.warnings()).anySatisfy(warning -> assertThat(warning).contains("build 2195 is assumed"));
            assertThat(row(image.tagTable().value().orElseThrow().rows(), "Io  ").nonPaged())
                    .isEqualTo(PoolUse.counted(7, 2, 320));
            assertThat(image.modules().value().orElseThrow()).hasSize(2);
            assertThat(image.bigPages().reason()).contains("2195");
            assertThat(image.counters().value().orElseThrow().nonPagedUsedBytes()).isEqualTo(100 * PAGE);
            assertThat(image.counters().value().orElseThrow().pagedUsedBytes()).isNull();
        }
    }

    @Test
    void unloadedDriversComeLatestFirst() throws EvidenceException {
        TinyKernel kernel = server2003();
        long table = 0x8049_0000L;
        kernel.variable(0x220, table).variable(0x228, 52).u32(table + 50 * 0x18, 0);
        for (int i = 0; i < 50; i++) {
            kernel.module(0x804a_0000L + 0x200L * i, "u%d.sys".formatted(i), 0xf900_0000L, 0x8000);
            kernel.u16(table + 0x18 * i, 2 * ("u" + i + ".sys").length()).u32(table + 0x18 * i + 4, 0x804a_0100L + 0x200L * i)
                    .u32(table + 0x18 * i + 8, 0xfa00_0000L).u32(table + 0x18 * i + 12, 0xfa00_8000L);
        }
        try (KernelImage image = open(kernel)) {
            List<UnloadedModule> unloaded = image.unloadedModules().value().orElseThrow();
            assertThat(unloaded).hasSize(50);
            assertThat(unloaded.getFirst()).isEqualTo(new UnloadedModule("u1.sys", 0xfa00_0000L, 0xfa00_8000L, null));
            assertThat(unloaded.get(2).name()).isEqualTo("u49.sys");
        }
    }

    @Test
    void whatIsNoKernelIsRefusedWithAReason() throws IOException {
        Path zeros = Files.write(folder.resolve("zeros"), new byte[1 << 20]);
        assertThatThrownBy(() -> KernelImage.open(zeros)).isInstanceOf(EvidenceException.class)
                .hasMessageContaining("no Windows kernel");
        Path text = Files.writeString(folder.resolve("text.dmp"), "not a dump at all\n".repeat(1000));
        assertThatThrownBy(() -> KernelImage.open(text)).isInstanceOf(EvidenceException.class);
        assertThatThrownBy(() -> KernelImage.open(folder)).isInstanceOf(EvidenceException.class)
                .hasMessageContaining("directory");
    }

    @Test
    void aDumpOfNothingButItsHeaderStillSaysWhatItIs() throws EvidenceException {
        byte[] dump = server2003().fullDump(3790);
        byte[] header = Arrays.copyOf(dump, 0x1000);
        try (KernelImage image = KernelImage.open(TinyKernel.write(folder, header))) {
            assertThat(image.info().build()).isEqualTo(3790);
            assertThat(image.info().kernelBase()).isNull();
            assertThat(image.tagTable().value()).isEmpty();
            assertThat(image.tagTable().reason()).isNotEmpty();
            assertThat(image.modules().reason()).isNotEmpty();
            assertThat(image.counters().reason()).isNotEmpty();
        }
    }
}
