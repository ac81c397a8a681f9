package org.poolscope.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.poolscope.model.Architecture;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.RealEvidence;

/** One small x64 memory, written by others in several formats. */
class Windows10LayoutTest {

    @ParameterizedTest
    @CsvSource({"full1.dmp, CRASH_DUMP_64, FULL", "bmp5.dmp, CRASH_DUMP_64, BITMAP_FULL",
            "bmp6.dmp, CRASH_DUMP_64, BITMAP_KERNEL",
        "rdmp8.dmp, CRASH_DUMP_64, LIVE_KERNEL"})
    void theHeaderSaysWhatTheDumpIs(String file, ImageFormat format, DumpType type) throws EvidenceException {
        try (MemoryImage image = MemoryImage.open(RealEvidence.image("layout-19041-" + file))) {
            assertThat(image.format()).isEqualTo(format);
            assertThat(image.architecture()).contains(Architecture.X64);
            CrashDumpHeader header = image.header().orElseThrow();
            assertThat(header.type()).contains(type);
            assertThat(header.build()).isEqualTo(19041);
            assertThat(header.debuggerData()).isEqualTo(0xfffff80310c00b20L);
            assertThat(header.loadedModules()).isEqualTo(0xfffff80310c2a190L);
            assertThat(image.directoryTableBaseHint()).hasValue(0x1ad000);
            assertThat(image.warnings()).isEmpty();
        }
    }

    @Test
    void theRawImagesPageDirectoryIsFound() throws EvidenceException {
        try (MemoryImage image = MemoryImage.open(RealEvidence.image("layout-19041-raw"))) {
            assertThat(image.pageDirectories()).containsExactly(new PageDirectory(PagingMode.X64_4, 0x1ad000));
        }
    }

    @ParameterizedTest
    @CsvSource({"full1.dmp", "bmp5.dmp", "bmp6.dmp", "rdmp8.dmp"})
    void everyFormatHoldsTheSameBytes(String file) throws EvidenceException {
        Map<Long, Integer> raw = pages("layout-19041-raw");
        Map<Long, Integer> other = pages("layout-19041-" + file);
        assertThat(raw).hasSize(20);
        assertThat(other).isEqualTo(raw);
    }

    /** Every kernel page, by a hash of its bytes. */
    private static Map<Long, Integer> pages(String name) throws EvidenceException {
        try (MemoryImage image = MemoryImage.open(RealEvidence.image(name))) {
            PageDirectory directory = image.pageDirectories().findFirst().orElseThrow();
            PagedMemory memory = PagedMemory.of(image.physical().orElseThrow(), directory.mode(), directory.base());
            assertThat(memory.read(0xfffff80310c00b30L, new byte[4], 0, 4)).isEqualTo(4);
            assertThat(memory.u32(0xfffff80310c00b30L)).as("KDBG").isEqualTo('K' | 'D' << 8 | 'B' << 16 | 'G' << 24);
            Map<Long, Integer> pages = new HashMap<>();
            byte[] bytes = new byte[PhysicalMemory.PAGE_SIZE];
            memory.forEachKernelRegion((va, offset, length) -> {
                for (long at = va; at < va + length; at += bytes.length) {
                    assertThat(memory.read(at, bytes, 0, bytes.length)).isEqualTo(bytes.length);
                    pages.put(at, Arrays.hashCode(bytes));
                }
            });
            return pages;
        }
    }
}
