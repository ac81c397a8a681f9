package org.poolscope.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.driver.DriverFile;
import org.poolscope.driver.pe.ExportNames;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.OpenKernelImage;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Provenance;
import org.poolscope.model.RealEvidence;
import org.poolscope.symbols.store.SymbolFinder;

/** The drivers in the memory of running kernels. Their code was zeroed in these images, their headers and data were kept. */
class LoadedDriversTest {

    @ParameterizedTest
    @ValueSource(strings = {"nt52-idle", "nt52-x64-boot"})
    void theImagesOfRealDriversAreReadFromMemory(String name) throws Exception {
        try (KernelImage kernel = KernelImage.open(RealEvidence.image(name + ".raw"))) {
            VirtualMemory memory = kernel.memory().value().orElseThrow();
            List<LoadedModule> modules = kernel.modules().value().orElseThrow();
            ExportNames names = new ExportNames();
            List<String> read = new ArrayList<>();
            for (LoadedModule module : modules) {
                try {
                    PeImage image = PeImage.loaded(Path.of(module.name()), module.base(), (at, into, from, length) ->
                            memory.read(memory.canonical(at), into, from, length), names);
                    assertThat(image.timeDateStamp()).as(module.name()).isEqualTo(module.timeDateStamp());
                    assertThat(image.sizeOfImage()).as(module.name()).isEqualTo(module.size());
                    assertThat(image.architecture()).isEqualTo(kernel.architecture());
                    assertThat(DriverFile.of(image, Map.of()).sites()).as("code that is not there").isEmpty();
                    read.add(module.name());
                } catch (EvidenceException e) {
                    assertThat(e.problem()).contains("not in the dump");
                }
            }
            assertThat(read).hasSizeGreaterThan(modules.size() / 2).contains("ntoskrnl.exe");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nt52-idle"})
    void whatIsNotInTheImageIsNotFoundThere(String name) throws Exception {
        try (KernelImage kernel = KernelImage.open(RealEvidence.image(name + ".raw"))) {
            LoadedDrivers drivers = LoadedDrivers.of(new OpenKernelImage(new Provenance(name, ""), kernel, SymbolFinder.NOWHERE)).orElseThrow();

            assertThat(drivers.holding(PoolTag.parse("Qq~#"))).isEmpty();
            // A name of a section stands in the header of nearly every driver: found, and no call site made of it.
            assertThat(drivers.holding(PoolTag.parse(".tex"))).hasSizeGreaterThan(10).allSatisfy(driver -> assertThat(driver.sites()).isEmpty());
        }
    }
}
