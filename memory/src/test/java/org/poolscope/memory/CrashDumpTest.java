package org.poolscope.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.memory.CrashDumpHeader.MemoryRun;
import org.poolscope.model.Architecture;
import org.poolscope.model.EvidenceException;

/** Crash dumps no real file of which was at hand, painted from {@code mindumpdef.h} and the descriptions of other readers. */
class CrashDumpTest {

    @TempDir
    Path folder;

    /** Pages 1 and 2, then 5: page tables of x86 that map 0x80400000 to page 5. */
    private static final byte[] X86_PAGES = new MemoryPicture()
            .u32(0x1000 + 4 * 0x201, 0x2063)
            .u32(0x2000, 0x5063)
            .u32(0x5000, 0x1234_5678)
            .packed();

    private static FilePicture full32() {
        return FilePicture.dump32()
                .u32(0x08, 0xf).u32(0x0c, 3790).u32(0x10, 0x1000)
                .u32(0x18, 0x8055_a620L).u32(0x24, 4)
                .u32(0x28, 0xd1).u32(0x2c, 0x10).u32(0x30, 2).u32(0x34, 0).u32(0x38, 0xf7a0_1234L)
                .u8(0x5c, 0).u32(0x60, 0x8054_c9e0L)
                .u32(0x64, 2).u32(0x68, 3)
                .u32(0x6c, 1).u32(0x70, 2)
                .u32(0x74, 5).u32(0x78, 1)
                .u32(0xf88, 1).u64(0xfb8, 600_000_000L).u64(0xfc0, 0x01c8_1234_5678_9abcL)
                .bytes(0x1000, X86_PAGES);
    }

    @Test
    void fullDumpOf32Bit() throws EvidenceException {
        try (MemoryImage image = MemoryImage.open(full32().write(folder))) {
            assertThat(image.format()).isEqualTo(ImageFormat.CRASH_DUMP_32);
            assertThat(image.architecture()).contains(Architecture.X86);
            CrashDumpHeader header = image.header().orElseThrow();
            assertThat(header.type()).contains(DumpType.FULL);
            assertThat(header.build()).isEqualTo(3790);
            assertThat(header.processors()).isEqualTo(4);
            assertThat(header.loadedModules()).as("zero-extended").isEqualTo(0x8055_a620L);
            assertThat(header.debuggerData()).isEqualTo(0x8054_c9e0L);
            assertThat(header.bugCheckCode()).isEqualTo(0xd1);
            assertThat(header.bugCheckParameters()).containsExactly(0x10L, 2L, 0L, 0xf7a0_1234L);
            assertThat(header.pae()).isFalse();
            assertThat(header.pfnDatabase()).as("never filled in").isNull();
            assertThat(header.systemUpTime()).isEqualTo(600_000_000L);
            assertThat(header.memoryRuns()).containsExactly(new MemoryRun(1, 2), new MemoryRun(5, 1));
            assertThat(header.physicalPages()).isEqualTo(3);
            assertThat(image.pageDirectories().findFirst()).contains(new PageDirectory(PagingMode.X86, 0x1000));
            PhysicalMemory physical = image.physical().orElseThrow();
            assertThat(physical.presentPages()).isEqualTo(3);
            assertThat(physical.highestPage()).isEqualTo(5);
            assertThat(physical.fileOffset(0)).isEqualTo(-1);
            assertThat(physical.fileOffset(1)).isEqualTo(0x1000);
            assertThat(physical.fileOffset(5)).isEqualTo(0x3000);
            assertThat(physical.u32(0x5000)).isEqualTo(0x1234_5678);
            assertThat(x86(physical).u32(0x8040_0000L)).isEqualTo(0x1234_5678);
            assertThat(image.warnings()).isEmpty();
        }
    }

    @Test
    void paeIsReadFromTheHeader() throws EvidenceException {
        try (MemoryImage image = MemoryImage.open(full32().u8(0x5c, 1).u32(0x10, 0x0740_01a0).write(folder))) {
            assertThat(image.pageDirectories().findFirst()).contains(new PageDirectory(PagingMode.PAE, 0x0740_01a0));
        }
        try (MemoryImage image = MemoryImage.open(full32().u8(0x5c, 'P').write(folder))) {
            assertThat(image.pageDirectories().limit(2)).as("not filled in: both")
                    .containsExactly(new PageDirectory(PagingMode.PAE, 0x1000), new PageDirectory(PagingMode.X86, 0x1000));
        }
    }

    @Test
    void aFullDumpCutShortKeepsItsFirstPages() throws EvidenceException {
        byte[] whole = full32().bytes();
        byte[] cut = Arrays.copyOf(whole, 0x3800);
        try (MemoryImage image = MemoryImage.open(FilePicture.write(folder, cut))) {
            assertThat(image.physical().orElseThrow().presentPages()).isEqualTo(2);
            assertThat(image.warnings()).containsExactly("the file is cut short: 1 of 3 pages are missing");
            assertThat(Absence.of(x86(image.physical().orElseThrow()).locate(0x8040_0000L))).isEqualTo(Absence.NOT_IN_DUMP);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {87, 0x8000_0000L, 0xffff_ffffL})
    void moreRunsThanFitAreNotBelieved(long count) throws EvidenceException {
        try (MemoryImage image = MemoryImage.open(full32().u32(0x64, count).write(folder))) {
            assertThat(image.physical().orElseThrow().presentPages()).isZero();
            assertThat(image.warnings()).containsExactly("the header counts " + count
                    + " runs of physical memory, at most 86 fit: the list is not used");
        }
    }

    @Test
    void overlappingRunsAreReadOnce() throws EvidenceException {
        try (MemoryImage image = MemoryImage.open(full32().u32(0x74, 2).write(folder))) {
            assertThat(image.physical().orElseThrow().presentPages()).isEqualTo(2);
            assertThat(image.physical().orElseThrow().fileOffset(2)).isEqualTo(0x2000);
            assertThat(image.warnings()).containsExactly(
                    "the header lists some pages twice; the first place of each is used");
        }
    }

    @Test
    void runsOfNegativeLengthEndTheList() throws EvidenceException {
        byte[] pages = new byte[0x3000];
        FilePicture file = FilePicture.dump64().u64(0x10, 0x1000).u32(0xf98, 1)
                .u32(0x88, 3).u64(0x90, 3)
                .u64(0x98, 1).u64(0xa0, 1)
                .u64(0xa8, 7).u64(0xb0, -1)
                .u64(0xb8, 9).u64(0xc0, 1)
                .bytes(0x2000, pages);
        try (MemoryImage image = MemoryImage.open(file.write(folder))) {
            assertThat(image.physical().orElseThrow().presentPages()).isEqualTo(1);
            assertThat(image.warnings()).containsExactly(
                    "run 1 of physical memory in the header makes no sense: it and what follows are left out");
        }
    }

    @Test
    void kernelDumpBeforeWindows8Of32Bit() throws EvidenceException {
        // bits 1, 2 and 5 of a bitmap of 8; pages from 0x2000 on
        FilePicture file = full32().u32(0xf88, 2)
                .text(0x1000, "SDMPDUMP").u32(0x1008, 1).u32(0x100c, 0x2000).u32(0x1010, 8).u32(0x1014, 3)
                .u32(0x1018, 8).u32(0x101c, 0x8123_4567L)
                .u32(0x1020, 0b100110)
                .bytes(0x2000, X86_PAGES);
        assertSummary(file, DumpType.KERNEL_SUMMARY);
    }

    @Test
    void kernelDumpWithTheNewFormOfTheBitmap() throws EvidenceException {
        for (int type : new int[] {2, 5, 6, 7}) {
            FilePicture file = full32().u32(0xf88, type).bytes(0x1000, new byte[0x1000])
                    .text(0x1000, type == 5 ? "FDMPDUMP" : "SDMPDUMP").u64(0x1020, 0x2000).u64(0x1028, 3).u64(0x1030, 8)
                    .u8(0x1038, 0b100110)
                    .bytes(0x2000, X86_PAGES);
            assertSummary(file, DumpType.of(type).orElseThrow());
        }
    }

    private void assertSummary(FilePicture file, DumpType type) throws EvidenceException {
        try (MemoryImage image = MemoryImage.open(file.write(folder))) {
            assertThat(image.header().orElseThrow().type()).contains(type);
            PhysicalMemory physical = image.physical().orElseThrow();
            assertThat(physical.presentPages()).isEqualTo(3);
            assertThat(physical.highestPage()).isEqualTo(5);
            assertThat(physical.fileOffset(2)).isEqualTo(0x3000);
            assertThat(physical.fileOffset(3)).isEqualTo(-1);
            assertThat(physical.fileOffset(8)).isEqualTo(-1);
            assertThat(x86(physical).u32(0x8040_0000L)).isEqualTo(0x1234_5678);
            assertThat(image.warnings()).isEmpty();
        }
    }

    @Test
    void kernelDumpBeforeWindows8Of64Bit() throws EvidenceException {
        // 80 bits; 1 and 64 and 79 set; RTL_BITMAP's pointer is padded, the bits stand at +28
        FilePicture file = FilePicture.dump64().u64(0x10, 0x1000).u32(0xf98, 2)
                .text(0x2000, "SDMPDUMP").u32(0x200c, 0x3000).u32(0x2010, 80).u32(0x2014, 3).u32(0x2018, 80).u64(0x2020, 0xdead)
                .u64(0x2028, 0b10).u16(0x2030, 0x8001)
                .bytes(0x3000, new byte[0x3000]);
        try (MemoryImage image = MemoryImage.open(file.write(folder))) {
            PhysicalMemory physical = image.physical().orElseThrow();
            assertThat(physical.presentPages()).isEqualTo(3);
            assertThat(physical.fileOffset(1)).isEqualTo(0x3000);
            assertThat(physical.fileOffset(64)).isEqualTo(0x4000);
            assertThat(physical.fileOffset(79)).isEqualTo(0x5000);
            assertThat(physical.highestPage()).isEqualTo(79);
            assertThat(image.warnings()).isEmpty();
        }
    }

    @Test
    void aBitmapThatDisagreesWithItsHeadIsBelievedWithAWarning() throws EvidenceException {
        FilePicture file = full32().u32(0xf88, 6).bytes(0x1000, new byte[0x1000])
                .text(0x1000, "SDMPDUMP").u64(0x1020, 0x2000).u64(0x1028, 2).u64(0x1030, 8).u8(0x1038, 0b100110)
                .bytes(0x2000, X86_PAGES);
        try (MemoryImage image = MemoryImage.open(file.write(folder))) {
            assertThat(image.physical().orElseThrow().presentPages()).isEqualTo(3);
            assertThat(image.warnings()).containsExactly(
                    "the bitmap marks 3 pages and its header counts 2: the bitmap is believed");
        }
    }

    @Test
    void aBitmapDumpCutShortKeepsItsFirstPages() throws EvidenceException {
        FilePicture file = full32().u32(0xf88, 6).bytes(0x1000, new byte[0x1000])
                .text(0x1000, "SDMPDUMP").u64(0x1020, 0x2000).u64(0x1028, 3).u64(0x1030, 8).u8(0x1038, 0b100110)
                .bytes(0x2000, X86_PAGES);
        byte[] cut = Arrays.copyOf(file.bytes(), 0x4fff);
        try (MemoryImage image = MemoryImage.open(FilePicture.write(folder, cut))) {
            PhysicalMemory physical = image.physical().orElseThrow();
            assertThat(physical.presentPages()).isEqualTo(2);
            assertThat(physical.highestPage()).isEqualTo(2);
            assertThat(physical.fileOffset(5)).isEqualTo(-1);
            assertThat(physical.nextPresent(3)).isEqualTo(-1);
            assertThat(image.warnings()).containsExactly("the file is cut short: 1 of 3 pages are missing");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0x1_0000_0001L, 1L << 40, -1, Long.MIN_VALUE})
    void aBitmapOfImpossibleLengthIsRefused(long bits) throws EvidenceException {
        FilePicture file = full32().u32(0xf88, 6).bytes(0x1000, new byte[0x1000])
                .text(0x1000, "SDMPDUMP").u64(0x1020, 0x2000).u64(0x1028, 3).u64(0x1030, bits).u8(0x1038, 0b100110)
                .bytes(0x2000, X86_PAGES);
        try (MemoryImage image = MemoryImage.open(file.write(folder))) {
            assertThat(image.physical()).isEmpty();
            assertThat(image.warnings()).containsExactly(
                    "the bitmap of pages is cut short or damaged: the memory cannot be read");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9, 10})
    void liveDumps(int type) throws EvidenceException {
        FilePicture file = FilePicture.dump64().u64(0x10, 0x1000).u32(0xf98, type)
                .u32(0x2000, 0x40).text(0x2004, "RDMPDUMP").u64(0x2010, 0xfe0).u64(0x2018, 0x3000)
                .u64(0x2020, 2).u64(0x2028, 3)
                .u64(0x2030, 1).u64(0x2038, 2)
                .u64(0x2040, 5).u64(0x2048, 1)
                .bytes(0x3000, X86_PAGES);
        try (MemoryImage image = MemoryImage.open(file.write(folder))) {
            PhysicalMemory physical = image.physical().orElseThrow();
            assertThat(physical.presentPages()).isEqualTo(3);
            assertThat(physical.fileOffset(1)).isEqualTo(0x3000);
            assertThat(physical.fileOffset(5)).isEqualTo(0x5000);
            assertThat(image.warnings()).isEmpty();
        }
    }

    @Test
    void aLiveDumpWithAnImpossibleRangeKeepsWhatCameBefore() throws EvidenceException {
        FilePicture file = FilePicture.dump64().u64(0x10, 0x1000).u32(0xf98, 8)
                .u32(0x2000, 0x40).text(0x2004, "RDMPDUMP").u64(0x2010, 0xfe0).u64(0x2018, 0x3000)
                .u64(0x2030, 1).u64(0x2038, 2)
                .u64(0x2040, 5).u64(0x2048, -7)
                .bytes(0x3000, X86_PAGES);
        try (MemoryImage image = MemoryImage.open(file.write(folder))) {
            assertThat(image.physical().orElseThrow().presentPages()).isEqualTo(2);
            assertThat(image.warnings()).containsExactly(
                    "a range of pages at offset 0x2040 makes no sense: it and what follows are left out");
        }
    }

    @Test
    void headerOnlyDump() throws EvidenceException {
        byte[] header = Arrays.copyOf(full32().u32(0xf88, 3).bytes(), 0x1000);
        try (MemoryImage image = MemoryImage.open(FilePicture.write(folder, header))) {
            assertThat(image.header().orElseThrow().bugCheckCode()).isEqualTo(0xd1);
            assertThat(image.physical()).isEmpty();
            assertThat(image.warnings()).containsExactly("a header-only dump holds no memory");
        }
    }

    @Test
    void anEncryptedDumpIsNotRead() throws EvidenceException {
        try (MemoryImage image = MemoryImage.open(full32().u32(0x8a0, 0x100).write(folder))) {
            assertThat(image.physical()).isEmpty();
            assertThat(image.warnings()).singleElement().asString().contains("encrypted");
        }
    }

    @Test
    void fullDumpOfArm64IsNotTranslated() throws EvidenceException {
        FilePicture file = FilePicture.dump64().u32(0x30, 0xaa64).u64(0x10, 0x1000).u32(0x38, 0x1c8).u32(0xf98, 1).u32(0x88, 0);
        try (MemoryImage image = MemoryImage.open(file.write(folder))) {
            assertThat(image.header().orElseThrow().bugCheckCode()).isEqualTo(0x1c8);
            assertThat(image.pageDirectories()).isEmpty();
            assertThat(image.warnings()).singleElement().asString().contains("ARM64").contains("not supported");
        }
    }

    @Test
    void smallDumpOf32Bit() throws EvidenceException {
        FilePicture file = full32().u32(0xf88, 4).bytes(0x1000, new byte[0x1000])
                // table of contents: valid mark, context, totals, unloaded drivers
                .u32(0x1008, 0x17f0).text(0x17f0, "TRGD")
                .u32(0x100c, 0x320).u32(0x320 + 0xb8, 0x8050_1111L).u32(0x320 + 0xc4, 0xf7a0_0010L)
                .u32(0x1014, 0x1100).u32(0x1100, 1).u32(0x1104, 0x34)
                .u32(0x1118, 65536).u32(0x111c, 2778).u32(0x1120, 90112).u32(0x1124, 66629).u32(0x1128, 7).u32(0x112c, 8)
                .u32(0x1130, 9)
                .u32(0x1018, 0x1180).u32(0x1180, 1)
                .u16(0x1184, 14).utf16(0x118c, "old.sys").u32(0x11a4, 0xf900_0000L).u32(0x11a8, 0xf900_8000L)
                // stack
                .u32(0x1028, 0x1600).u32(0x102c, 0x20).u32(0x1048, 0xf7a0_0000L).u32(0x1610, 0x5151)
                // two drivers of 0x4c bytes, names behind them
                .u32(0x1030, 0x1200).u32(0x1034, 2).u32(0x1038, 0x1298).u32(0x103c, 0x60)
                .u32(0x1200, 0x1298).u32(0x1200 + 0x1c, 0x804d_7000L).u32(0x1200 + 0x24, 0x20_0000)
                .u32(0x1200 + 0x48, 0x4259_2d00)
                .u32(0x1298, 12).utf16(0x129c, "ntoskrnl.exe")
                .u32(0x124c, 0x12c0).u32(0x124c + 0x1c, 0xf7a0_0000L).u32(0x124c + 0x24, 0x1_9000)
                .u32(0x12c0, 7).utf16(0x12c4, "mup.sys")
                // debugger data; one data block of 8 bytes
                .u32(0x1058, 0x1400).u32(0x105c, 0x318).text(0x1410, "KDBG")
                .u32(0x1060, 0x1700).u32(0x1064, 1).u32(0x1700, 0x8055_b000L).u32(0x1704, 0x1720).u32(0x1708, 8)
                .u64(0x1720, 0x1122_3344_5566_7788L);
        try (MemoryImage image = MemoryImage.open(file.write(folder))) {
            TriageDump triage = image.triage().orElseThrow();
            assertThat(image.warnings()).isEmpty();
            assertThat(triage.totals()).contains(new MemoryTotals(65536L, 2778L, 90112L, 66629L, 7L, 8L, 9L));
            assertThat(triage.instructionPointer()).isEqualTo(0x8050_1111L);
            assertThat(triage.stackPointer()).isEqualTo(0xf7a0_0010L);
            assertThat(triage.modules()).extracting(module -> module.name()).containsExactly("ntoskrnl.exe", "mup.sys");
            assertThat(triage.modules().getFirst().base()).isEqualTo(0x804d_7000L);
            assertThat(triage.modules().getFirst().timeDateStamp()).isEqualTo(0x4259_2d00L);
            assertThat(triage.modules().getLast().size()).isEqualTo(0x1_9000);
            assertThat(triage.unloaded()).containsExactly(new UnloadedModule("old.sys", 0xf900_0000L, 0xf900_8000L));
            assertThat(triage.memory().pointerSize()).isEqualTo(4);
            assertThat(triage.memory().u64(0x8055_b000L)).isEqualTo(0x1122_3344_5566_7788L);
            assertThat(triage.memory().u32(0x8054_c9f0L)).as("KDBG").isEqualTo(0x4742444b);
            assertThat(triage.memory().u32(0xf7a0_0010L)).as("the stack").isEqualTo(0x5151);
        }
    }

    private static PagedMemory x86(PhysicalMemory physical) {
        return PagedMemory.of(physical, PagingMode.X86, 0x1000);
    }
}
