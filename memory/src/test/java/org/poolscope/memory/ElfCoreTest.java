package org.poolscope.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.Architecture;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;

/** ELF cores as QEMU 7.2 lays them out: section headers, program headers, notes, then memory, not aligned to pages. */
class ElfCoreTest {

    @TempDir
    Path folder;

    private static final byte[] LOW = new MemoryPicture()
            .u32(0x1000 + 4 * 0x201, 0x2063).u32(0x2000, 0x10_0063).page(0).page(0x3000).packed();
    private static final byte[] HIGH = new MemoryPicture().u32(0x10_0000, 0x1234_5678).packed();

    /** Two segments, 0 to 0x4000 and 0x100000 to 0x101000, with the video memory's hole between; one processor. */
    private static FilePicture core64() {
        return new FilePicture()
                .text(0, "\u007fELF").u8(4, 2).u8(5, 1).u8(6, 1)
                .u16(0x10, 4).u16(0x12, 3).u32(0x14, 1)
                .u64(0x20, 192).u64(0x28, 64).u16(0x34, 64).u16(0x36, 56).u16(0x38, 3).u16(0x3a, 64).u16(0x3c, 2).u16(0x3e, 1)
                // notes
                .u32(192, 4).u64(192 + 0x08, 0x168).u64(192 + 0x20, 20 + 0x90 + 20 + 0x1b8)
                // memory
                .u32(248, 1).u64(248 + 0x08, 0x400).u64(248 + 0x18, 0).u64(248 + 0x20, 0x4000).u64(248 + 0x28, 0x4000)
                .u32(304, 1).u64(304 + 0x08, 0x4400).u64(304 + 0x18, 0x10_0000).u64(304 + 0x20, 0x1000).u64(304 + 0x28, 0x1000)
                .u32(0x168, 5).u32(0x16c, 0x90).u32(0x170, 1).text(0x174, "CORE")
                .u32(0x20c, 5).u32(0x210, 0x1b8).u32(0x214, 0).text(0x218, "QEMU")
                // CR0 with paging on, CR3, CR4
                .u32(0x220, 1).u32(0x224, 0x1b8)
                .u64(0x220 + 392, 0x8001_0033L).u64(0x220 + 392 + 24, 0x1000).u64(0x220 + 392 + 32, 0x6d0)
                .bytes(0x400, LOW).bytes(0x4400, HIGH);
    }

    @Test
    void aGuestOf32BitsInA64BitFile() throws EvidenceException {
        try (MemoryImage image = MemoryImage.open(core64().write(folder))) {
            assertThat(image.format()).isEqualTo(ImageFormat.ELF_CORE);
            assertThat(image.architecture()).contains(Architecture.X86);
            assertThat(image.directoryTableBaseHint()).hasValue(0x1000);
            assertThat(image.pageDirectories().findFirst()).contains(new PageDirectory(PagingMode.X86, 0x1000));
            PhysicalMemory physical = image.physical().orElseThrow();
            assertThat(physical.presentPages()).isEqualTo(5);
            assertThat(physical.fileOffset(0x100)).isEqualTo(0x4400);
            assertThat(physical.fileOffset(4)).isEqualTo(-1);
            assertThat(PagedMemory.of(physical, PagingMode.X86, 0x1000).u32(0x8040_0000L)).isEqualTo(0x1234_5678);
            assertThat(image.warnings()).isEmpty();
        }
    }

    @Test
    void theProcessorsStateTellsThePagingMode() throws EvidenceException {
        assertMode(core64().u64(0x220 + 392 + 32, 0x6f0), new PageDirectory(PagingMode.PAE, 0x1000));
        assertMode(core64().u16(0x12, 62).u64(0x220 + 392 + 32, 0x6f0), new PageDirectory(PagingMode.X64_4, 0x1000));
        assertMode(core64().u16(0x12, 62).u64(0x220 + 392 + 32, 0x16f0).u64(0x220 + 392 + 24, 0x1002),
                new PageDirectory(PagingMode.X64_5, 0x1000));
        try (MemoryImage image = MemoryImage.open(core64().u64(0x220 + 392, 0x11).write(folder))) {
            assertThat(image.directoryTableBaseHint()).as("paging is off").isEmpty();
        }
    }

    private void assertMode(FilePicture file, PageDirectory expected) throws EvidenceException {
        try (MemoryImage image = MemoryImage.open(file.write(folder))) {
            assertThat(image.pageDirectories().findFirst()).contains(expected);
        }
    }

    @Test
    void a32BitFile() throws EvidenceException {
        FilePicture file = new FilePicture()
                .text(0, "\u007fELF").u8(4, 1).u8(5, 1).u8(6, 1)
                .u16(0x10, 4).u16(0x12, 3)
                .u32(0x1c, 52).u16(0x28, 52).u16(0x2a, 32).u16(0x2c, 2)
                .u32(52, 4).u32(52 + 0x04, 0x100).u32(52 + 0x10, 20 + 0x1b8)
                .u32(84, 1).u32(84 + 0x04, 0x400).u32(84 + 0x0c, 0).u32(84 + 0x10, 0x4000).u32(84 + 0x14, 0x4000)
                .u32(0x100, 5).u32(0x104, 0x1b8).u32(0x108, 0).text(0x10c, "QEMU")
                .u64(0x114 + 392, 0x8001_0033L).u64(0x114 + 392 + 24, 0x1000)
                .bytes(0x400, LOW);
        try (MemoryImage image = MemoryImage.open(file.write(folder))) {
            assertThat(image.physical().orElseThrow().presentPages()).isEqualTo(4);
            assertThat(image.directoryTableBaseHint()).hasValue(0x1000);
        }
    }

    /** As VirtualBox writes it: no section headers, names of notes counted without their end, all padded to 8 bytes. */
    private static FilePicture box(long form, long efer) {
        int processor = 0x200;
        return new FilePicture()
                .text(0, "\u007fELF").u8(4, 2).u8(5, 1)
                .u16(0x10, 4).u16(0x12, 62).u32(0x14, 1)
                .u64(0x20, 64).u16(0x34, 64).u16(0x36, 56).u16(0x38, 3).u16(0x3a, 64)
                .u32(64, 4).u64(64 + 0x08, 0x1d4).u64(64 + 0x20, 20 + 24 + 20 + 0x1240)
                .u32(120, 1).u64(120 + 0x08, 0x2000).u64(120 + 0x18, 0).u64(120 + 0x20, 0x4000).u64(120 + 0x28, 0x4000)
                .u32(176, 1).u64(176 + 0x08, 0x6000).u64(176 + 0x18, 0x10_0000).u64(176 + 0x20, 0x1000).u64(176 + 0x28, 0x1000)
                .u32(0x1d4, 6).u32(0x1d8, 24).u32(0x1dc, 0xb00).text(0x1e0, "VBCORE")
                .u32(0x1e8, 0xc01a_c0deL).u32(0x1ec, form).u32(0x1f0, 24).u32(0x1fc, 1)
                .u32(processor, 5).u32(processor + 4, 0x1240).u32(processor + 8, 0xb01).text(processor + 12, "VBCPU")
                .u64(processor + 20 + 288, 0x8001_0033L).u64(processor + 20 + 304, 0x1000).u64(processor + 20 + 312, 0x6d0)
                .u64(processor + 20 + 488, efer)
                .bytes(0x2000, LOW).bytes(0x6000, HIGH);
    }

    @Test
    void aCoreOfVirtualBox() throws EvidenceException {
        assertMode(box(0x10004, 0), new PageDirectory(PagingMode.X86, 0x1000));
        assertMode(box(0x10004, 0xd01), new PageDirectory(PagingMode.X64_4, 0x1000));
        try (MemoryImage image = MemoryImage.open(box(0x10000, 0xd01).write(folder))) {
            assertThat(image.directoryTableBaseHint()).as("the first form has no registers we know").isEmpty();
            assertThat(image.physical().orElseThrow().u32(0x10_0000)).isEqualTo(0x1234_5678);
            assertThat(image.warnings()).isEmpty();
        }
    }

    @Test
    void segmentsThatDoNotBeginAtAPage() throws EvidenceException {
        // 0x100800 to 0x102800: only the page 0x101000 is whole
        FilePicture file = core64().u64(304 + 0x18, 0x10_0800).u64(304 + 0x20, 0x2000).bytes(0x4400, new byte[0x2000]);
        try (MemoryImage image = MemoryImage.open(file.write(folder))) {
            PhysicalMemory physical = image.physical().orElseThrow();
            assertThat(physical.fileOffset(0x100)).isEqualTo(-1);
            assertThat(physical.fileOffset(0x101)).isEqualTo(0x4c00);
            assertThat(physical.highestPage()).isEqualTo(0x101);
        }
    }

    @Test
    void aFileCutShortKeepsItsFirstPages() throws EvidenceException {
        byte[] cut = Arrays.copyOf(core64().bytes(), 0x2600);
        try (MemoryImage image = MemoryImage.open(FilePicture.write(folder, cut))) {
            assertThat(image.physical().orElseThrow().presentPages()).isEqualTo(2);
            assertThat(image.warnings()).containsExactly("the file is cut short: 3 of 5 pages are missing");
        }
    }

    @Test
    void coresOfProcessesAndProgramsAreRefused() {
        assertThatThrownBy(() -> MemoryImage.open(core64().u64(304 + 0x18, 0).write(folder)))
                .isInstanceOf(EvidenceException.class)
                .hasMessageContaining("core of a process");
        assertThatThrownBy(() -> MemoryImage.open(core64().u16(0x10, 2).write(folder))).isInstanceOf(EvidenceException.class)
                .hasMessageContaining("not a core");
    }

    @Test
    void damagedSegmentsAndNotesAreLeftOut() throws EvidenceException {
        for (long value : new long[] {-1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 31, 0x7fff_ffffL, 0xffff_ffffL}) {
            for (int field = 192; field < 360; field += 8) {
                try (MemoryImage image = MemoryImage.open(core64().u64(field, value).write(folder))) {
                    assertThat(image.physical().orElseThrow().presentPages()).isLessThanOrEqualTo(10);
                } catch (EvidenceException e) {
                    assertThat(e.problem()).contains("core of a process");
                }
            }
            for (int field = 0x168; field < 0x220; field += 4) {
                try (MemoryImage image = MemoryImage.open(core64().u32(field, value).write(folder))) {
                    assertThat(image.physical().orElseThrow().presentPages()).isEqualTo(5);
                }
            }
        }
        try (MemoryImage image = MemoryImage.open(core64().u16(0x38, 0xffff).u32(64 + 0x2c, 0xffff_ffffL).write(folder))) {
            assertThat(image.warnings()).anyMatch(warning -> warning.startsWith("the ELF header counts 4294967295 segments"));
        }
    }

    @Test
    void isRecognised() throws EvidenceException {
        assertThat(MemoryImage.recognises(EvidenceFile.open(core64().write(folder)))).isTrue();
    }
}
