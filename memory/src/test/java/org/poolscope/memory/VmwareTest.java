package org.poolscope.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;

/** State files of VMware, byte by byte. */
class VmwareTest {

    @TempDir
    Path folder;

    /** Where the items of the group 'memory' begin. */
    private static final int ITEMS = 12 + 2 * 80;

    /** A state file with two groups: the processor's registers, and 3 pages from page 2 on and 2 pages from page 100 on. */
    static FilePicture state(long magic) {
        FilePicture file = new FilePicture().u32(0, magic).u32(4, 8).u32(8, 2)
                .text(12, "cpu").u64(12 + 64, 0x800).u64(12 + 72, 0x100)
                .text(92, "memory").u64(92 + 64, ITEMS).u64(92 + 72, 0x100);
        int at = 0x800;
        at = item(file, at, "CR64", 8, 0x8005_0033L, 0, 0);
        at = item(file, at, "CR64", 8, 0x1000, 0, 3);
        at = item(file, at, "CR64", 8, 0x6f8, 0, 4);
        file.u16(at, 0);
        at = ITEMS;
        at = item(file, at, "regionsCount", 4, 2);
        for (int region = 0; region < 2; region++) {
            at = item(file, at, "regionPageNum", 4, region * 3, region);
            at = item(file, at, "regionPPN", 4, region == 0 ? 2 : 100, region);
            at = item(file, at, "regionSize", 4, region == 0 ? 3 : 2, region);
        }
        return file;
    }

    /** Where the last item of 'memory' ends. */
    private static final int ITEMS_END = ITEMS + 2 + 12 + 4 + 2 * (2 + 13 + 8 + 2 + 9 + 8 + 2 + 10 + 8);

    private static int item(FilePicture file, int at, String name, int size, long value, int... index) {
        file.u8(at, size | index.length << 6).u8(at + 1, name.length()).text(at + 2, name);
        int next = at + 2 + name.length();
        for (int one : index) {
            file.u32(next, one);
            next += 4;
        }
        if (size == 8) {
            file.u64(next, value);
        } else {
            file.u32(next, value);
        }
        return next + size;
    }

    private static byte[] pages() {
        byte[] pages = new byte[5 * 4096];
        for (int page = 0; page < 5; page++) {
            pages[page * 4096] = (byte) (page + 1);
        }
        return pages;
    }

    @ParameterizedTest
    @ValueSource(strings = {"machine.vmss", "machine.vmsn", "MACHINE.VMSS"})
    void theHoleIsWhereTheStateFileSays(String name) throws Exception {
        Path memory = Files.write(folder.resolve("machine.vmem"), pages());
        Path state = Files.write(folder.resolve(name), state(0xbed2_bed2L).bytes());
        Files.write(folder.resolve("machine-2.vmss"), new byte[10]);
        for (Path named : new Path[] {memory, state}) {
            try (MemoryImage image = MemoryImage.open(named)) {
                assertThat(image.path()).isEqualTo(memory);
                assertThat(image.format()).isEqualTo(ImageFormat.VMWARE);
                assertThat(image.warnings()).isEmpty();
                PhysicalMemory physical = image.physical().orElseThrow();
                assertThat(physical.presentPages()).isEqualTo(5);
                assertThat(physical.fileOffset(2)).isZero();
                assertThat(physical.fileOffset(5)).isEqualTo(-1);
                assertThat(physical.u32(100 * 4096)).isEqualTo(4);
                assertThat(image.pageDirectories().limit(2)).containsExactly(new PageDirectory(PagingMode.X64_4, 0x1000),
                        new PageDirectory(PagingMode.PAE, 0x1000));
            }
        }
        assertThat(MemoryImage.recognises(EvidenceFile.open(state))).as("it is read with the memory beside it").isFalse();
    }

    @Test
    void aStateFileThatHoldsTheMemory() throws Exception {
        // a block: its length in the file and in memory, padding of 3 bytes, the pages
        FilePicture file = together(63);
        for (boolean split : new boolean[] {true, false}) {
            byte[] bytes = file.bytes();
            if (!split) {
                Arrays.fill(bytes, ITEMS + 2, ITEMS_END, (byte) 'x');   // other names, so no regions
                bytes[ITEMS] = 61;
                bytes[ITEMS + 1] = (byte) (ITEMS_END - ITEMS - 2 - 61);
            }
            Path state = Files.write(folder.resolve("together.vmsn"), bytes);
            try (MemoryImage image = MemoryImage.open(state)) {
                PhysicalMemory physical = image.physical().orElseThrow();
                assertThat(physical.presentPages()).isEqualTo(5);
                assertThat(physical.u32(split ? 100 * 4096 : 3 * 4096)).isEqualTo(4);
                assertThat(image.warnings()).isEmpty();
            }
            assertThat(MemoryImage.recognises(EvidenceFile.open(state))).isTrue();
        }
        Path cut = FilePicture.write(folder, Arrays.copyOf(file.bytes(), ITEMS_END + 2 + 6 + 8 + 18 + 3 + 2 * 4096 + 7));
        assertThat(warnings(cut)).contains("the memory is cut short: 3 of 5 pages are missing")
                .anyMatch(warning -> warning.startsWith("the state file is damaged: its group"));
        Path packed = together(62).write(folder);
        assertThatThrownBy(() -> MemoryImage.open(packed)).isInstanceOf(EvidenceException.class)
                .hasMessageContaining("compressed").hasMessageContaining("vmss2core");
    }

    static FilePicture together(int blockSize) {
        FilePicture file = state(0xbed2_bed2L);
        int at = ITEMS_END;
        file.u8(at, blockSize | 2 << 6).u8(at + 1, 6).text(at + 2, "Memory").u32(at + 8, 0).u32(at + 12, 0)
                .u64(at + 16, 5 * 4096).u64(at + 24, 5 * 4096).u16(at + 32, 3).text(at + 34, "pad").bytes(at + 37, pages());
        int end = at + 37 + 5 * 4096;
        int registers = end + 2;
        file.u16(end, 0).u64(12 + 64, registers);
        int next = item(file, registers, "CR64", 8, 0x8005_0033L, 0, 0);
        next = item(file, next, "CR64", 8, 0x1000, 0, 3);
        file.u16(next, 0);
        return file;
    }

    @Test
    void whatIsDamagedIsSaid() throws Exception {
        Path memory = Files.write(folder.resolve("machine.vmem"), Arrays.copyOf(pages(), 4 * 4096));
        Path state = folder.resolve("machine.vmss");
        Files.write(state, state(0xbed2_bed2L).bytes());
        assertThat(warnings(memory)).containsExactly("the memory is cut short: 1 of 5 pages are missing");
        Files.write(state, state(0xbed2_bed2L).u32(8, 1).bytes());
        assertThat(warnings(memory)).containsExactly("the state file machine.vmss beside it cannot be used: "
                + "this VMware state file is damaged: it says nothing of memory");
        Files.write(state, state(0xbed2_bed2L).u8(ITEMS_END, 63).u64(ITEMS_END + 2, 1L << 40).bytes());
        assertThat(warnings(memory)).anyMatch(warning -> warning.startsWith("the state file is damaged: its group 'memory'"));
        Files.write(state, "text".getBytes("ASCII"));
        assertThat(warnings(memory)).as("no state file at all").isEmpty();
        Files.delete(memory);
        Files.write(state, state(0xbed2_bed2L).bytes());
        assertThatThrownBy(() -> MemoryImage.open(state)).hasMessageContaining("holds no memory").hasMessageContaining(".vmem");
    }

    private static Iterable<String> warnings(Path memory) throws EvidenceException {
        try (MemoryImage image = MemoryImage.open(memory)) {
            return image.warnings();
        }
    }

    @Test
    void olderFilesHaveShorterLengths() throws IOException, EvidenceException {
        FilePicture file = state(0xbed0_bed0L);
        int at = ITEMS_END;
        file.u8(at, 63).u8(at + 1, 6).text(at + 2, "Memory").u32(at + 8, 5 * 4096).u32(at + 12, 5 * 4096).u16(at + 16, 0)
                .bytes(at + 18, pages());
        int end = at + 18 + 5 * 4096;
        file.u16(end, 0).u64(12 + 64, end);
        try (MemoryImage image = MemoryImage.open(file.write(folder))) {
            assertThat(image.physical().orElseThrow().u32(100 * 4096)).isEqualTo(4);
        }
    }
}
