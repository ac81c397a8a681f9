package org.poolscope.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.poolscope.model.Architecture;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.RealEvidence;

/** Small dumps that Windows wrote. Expected values were read from the files with a hex viewer. */
class RealSmallDumpTest {

    @Test
    void windows10OnX64() throws EvidenceException {
        try (MemoryImage image = MemoryImage.open(RealEvidence.path("dumps/triage-19041-x64-bugcheck-7e.dmp"))) {
            CrashDumpHeader header = image.header().orElseThrow();
            assertThat(header.type()).contains(DumpType.TRIAGE);
            assertThat(header.architecture()).contains(Architecture.X64);
            assertThat(header.processors()).isEqualTo(16);
            assertThat(header.bugCheckCode()).isEqualTo(0x1000007e);
            assertThat(header.bugCheckParameters()).containsExactly(0xffffffffc0000005L, 0xfffff8048b58334cL, 0xffff850429891ee8L,
                    0xffff850429891720L);
            assertThat(header.memoryRuns()).as("never filled in").isEmpty();
            assertThat(header.physicalPages()).isNull();
            assertThat(header.comment()).isEmpty();
            assertThat(header.systemTime()).isEqualTo(0x1d707f23dbb3399L);
            assertThat(image.physical()).isEmpty();
            assertThat(image.warnings()).isEmpty();

            TriageDump triage = image.triage().orElseThrow();
            assertThat(triage.modules()).hasSize(0x97);
            assertThat(triage.modules().getFirst()).isEqualTo(new LoadedModule("ntoskrnl.exe", 0xfffff8047ba00000L, 0x1046000,
                    0xd8333e6L, "\\SystemRoot\\system32\\ntoskrnl.exe"));
            assertThat(triage.unloaded()).hasSize(4).first()
                    .isEqualTo(new UnloadedModule("dam.sys", 0xfffff80487de0000L, 0xfffff80487dfc000L));
            assertThat(triage.totals()).as("zero in the file: not recorded").isEmpty();
            assertThat(triage.instructionPointer()).isEqualTo(0xfffff8048b58334cL);
            assertThat(triage.stackPointer()).isEqualTo(0xffff850429892120L);

            BlockMemory memory = triage.memory();
            everyDataBlockReadsAsItStands(image, memory, 0x19438, 1831);
            assertThat(memory.pointerSize()).isEqualTo(8);
            assertThat(memory.u32(header.debuggerData() + 0x10)).as("KDBG").isEqualTo(0x4742444b);
            assertThat(memory.locate(0xfffff8047c62a7a0L)).as("first data block").isEqualTo(0x206a8);
            assertThat(memory.locate(0xfffff8047c62a7a0L + 0x9b)).isEqualTo(0x206a8 + 0x9b);
            assertThat(memory.extent(0xfffff8047c62a7a0L + 0x9b)).isEqualTo(1);
            assertThat(Absence.of(memory.locate(0xfffff8047c62a7a0L + 0x9c))).isEqualTo(Absence.NOT_IN_DUMP);
            assertThat(memory.isReadable(triage.stackPointer(), 8)).isTrue();
        }
    }

    @Test
    void aDumpWrittenAtTheCrashTellsPoolTotals() throws EvidenceException {
        try (MemoryImage image = MemoryImage.open(RealEvidence.path("dumps/triage-19041-x64-with-pool-totals.dmp"))) {
            TriageDump triage = image.triage().orElseThrow();
            assertThat(triage.totals()).contains(
                    new MemoryTotals(1L << 32, 79_872L, 1L << 32, 75_825L, 2_971_963L, 3_363_062L, 18_185_323L));
            everyDataBlockReadsAsItStands(image, triage.memory(), 0x19898, 24);
            assertThat(triage.modules()).hasSize(0xd8).first().extracting(LoadedModule::name).isEqualTo("ntoskrnl.exe");
            assertThat(triage.modules().getFirst().path()).isNull();
            assertThat(image.header().orElseThrow().memoryRuns()).hasSize(7);
            assertThat(image.warnings()).isEmpty();
        }
    }

    @Test
    void windows11OnArm64() throws EvidenceException {
        try (MemoryImage image = MemoryImage.open(RealEvidence.path("dumps/triage-22000-arm64-bugcheck-1c8.dmp"))) {
            CrashDumpHeader header = image.header().orElseThrow();
            assertThat(image.architecture()).contains(Architecture.ARM64);
            assertThat(header.bugCheckCode()).isEqualTo(0x1c8);
            assertThat(header.bugCheckParameters()).containsExactly(0x1b58L, 0xfffff803f3a20860L, 0L, 0L);
            assertThat(image.pageDirectories()).isEmpty();
            assertThat(image.warnings()).singleElement().asString().contains("ARM64").contains("not supported");
            TriageDump triage = image.triage().orElseThrow();
            everyDataBlockReadsAsItStands(image, triage.memory(), 0x1d6b0, 679);
            assertThat(triage.modules()).hasSize(0xf5);
            assertThat(triage.modules().getFirst().base()).isEqualTo(0xfffff803f2e00000L);
            assertThat(triage.unloaded()).hasSize(11).first().extracting(UnloadedModule::name).isEqualTo("MSKSSRV.sys");
            assertThat(triage.instructionPointer()).isEqualTo(0xfffff803f32de014L);
            assertThat(triage.memory().u32(header.debuggerData() + 0x10)).isEqualTo(0x4742444b);
        }
    }

    /** Blocks are {@code u64 address, u32 file offset, u32 size}; some overlap the stack, which the dump holds a second time. */
    private static void everyDataBlockReadsAsItStands(MemoryImage image, BlockMemory memory, long list, int count) {
        ByteBuffer file = memory.bytes().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        assertThat(image.format()).isEqualTo(ImageFormat.CRASH_DUMP_64);
        for (int i = 0; i < count; i++) {
            int entry = (int) list + 16 * i;
            byte[] expected = new byte[file.getInt(entry + 12)];
            file.get(file.getInt(entry + 8), expected);
            byte[] actual = new byte[expected.length];
            assertThat(memory.read(file.getLong(entry), actual, 0, actual.length)).isEqualTo(actual.length);
            assertThat(actual).as("block %d", i).isEqualTo(expected);
        }
    }
}
