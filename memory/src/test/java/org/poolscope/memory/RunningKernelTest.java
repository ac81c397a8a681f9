package org.poolscope.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.model.Address;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.RealEvidence;

/** Physical memory of running kernels that are not ours, with what their own symbols say about it. */
class RunningKernelTest {

    @ParameterizedTest
    @CsvSource({"nt52-idle, X86, 0xb6c000", "nt52-load, X86, 0xb6c000", "nt52-before, X86, 0xb6c000", "nt52-after, X86, 0xb6c000",
        "nt52-x64-boot, X64_4, 0x3ff000"})
    void findsThePageDirectoryOfTheSystemProcess(String name, PagingMode mode, String base) throws EvidenceException {
        try (MemoryImage image = MemoryImage.open(RealEvidence.image(name + ".raw"))) {
            assertThat(image.format()).isEqualTo(ImageFormat.RAW);
            assertThat(image.pageDirectories()).first().isEqualTo(new PageDirectory(mode, Address.parse(base)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nt52-idle", "nt52-load", "nt52-before", "nt52-after", "nt52-x64-boot"})
    void modulesAndDriversAreWhereTheKernelsOwnSymbolsSay(String name) throws EvidenceException {
        try (MemoryImage image = MemoryImage.open(RealEvidence.image(name + ".raw"))) {
            PagedMemory memory = kernelMemory(image);
            int readable = 0;
            List<Map<String, String>> modules = TruthTable.rows(name + ".modules.csv");
            for (Map<String, String> module : modules) {
                long base = Address.parse(module.get("base"));
                if (memory.isReadable(base, 2) && memory.u16(base) != 0) {
                    assertThat(memory.u16(base)).as(module.get("name")).isEqualTo('M' | 'Z' << 8);
                    readable++;
                }
            }
            assertThat(readable).as("modules with a header").isGreaterThanOrEqualTo(modules.size() / 2);
            List<Map<String, String>> drivers = TruthTable.rows(name + ".drivers.csv");
            assertThat(drivers).isNotEmpty();
            for (Map<String, String> driver : drivers) {
                long object = Address.parse(driver.get("driver_object"));
                assertThat(memory.u16(object)).as("type of " + driver.get("name"))
                        .isEqualTo(Integer.parseInt(driver.get("type")));
                assertThat(memory.u16(object + 2)).as("size of " + driver.get("name"))
                        .isEqualTo(Integer.parseInt(driver.get("size")));
            }
            for (Map<String, String> device : TruthTable.rows(name + ".devices.csv")) {
                long object = Address.parse(device.get("device_object"));
                assertThat(memory.u16(object)).isEqualTo(3);
                assertThat(memory.u16(object + 2)).isEqualTo(Integer.parseInt(device.get("size")));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nt52-idle", "nt52-load", "nt52-before", "nt52-after", "nt52-x64-boot"})
    void aWalkOverTheTablesAgreesWithTranslation(String name) throws EvidenceException {
        try (MemoryImage image = MemoryImage.open(RealEvidence.image(name + ".raw"))) {
            PagedMemory memory = kernelMemory(image);
            long[] last = {0};
            long[] pages = {0};
            WalkSummary summary = memory.forEachKernelRegion((va, fileOffset, length) -> {
                assertThat(Long.compareUnsigned(va, last[0])).isPositive();
                last[0] = va + length - 1;
                for (long at = 0; at < length; at += PhysicalMemory.PAGE_SIZE) {
                    if (memory.locate(va + at) != fileOffset + at) {
                        throw new AssertionError("differs at " + Address.text(va + at));
                    }
                    pages[0]++;
                }
            });
            assertThat(summary.complete()).isTrue();
            assertThat(summary.presentPages()).isEqualTo(pages[0]).isGreaterThan(5000);
            assertThat(summary.skippedTables()).as("the self-map").isEqualTo(1);
            for (Map<String, String> driver : TruthTable.rows(name + ".drivers.csv")) {
                assertThat(memory.locate(Address.parse(driver.get("driver_object")))).isNotNegative();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nt52-idle", "nt52-x64-boot"})
    void addressesWithNothingBehindThemSayWhy(String name) throws EvidenceException {
        try (MemoryImage image = MemoryImage.open(RealEvidence.image(name + ".raw"))) {
            PagedMemory memory = kernelMemory(image);
            assertThat(Absence.of(memory.locate(0x1000))).isEqualTo(Absence.NOT_MAPPED);
            assertThat(Absence.of(memory.locate(0x1234_5678_9abc_def0L))).isEqualTo(Absence.NOT_MAPPED);
            assertThatThrownBy(() -> memory.u32(0x1000)).isInstanceOf(UnreadableAddressException.class)
                    .hasMessage("0x1000 cannot be read: not mapped");
            assertThat(memory.isReadable(0x1000, 1)).isFalse();
        }
    }

    private static PagedMemory kernelMemory(MemoryImage image) {
        PageDirectory directory = image.pageDirectories().findFirst().orElseThrow();
        return PagedMemory.of(image.physical().orElseThrow(), directory.mode(), directory.base());
    }
}
