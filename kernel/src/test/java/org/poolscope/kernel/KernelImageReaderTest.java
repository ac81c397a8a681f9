package org.poolscope.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.Fact;
import org.poolscope.model.FactSink;
import org.poolscope.model.LoadedModules;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.Provenance;
import org.poolscope.model.RealEvidence;

class KernelImageReaderTest {

    @Test
    void anImageBecomesFactsAndStaysOpenForMore() throws EvidenceException {
        List<Fact> facts = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        read("nt52-idle.raw", facts, warnings);
        assertThat(facts).hasAtLeastOneElementOfType(ImageInfo.class).hasAtLeastOneElementOfType(LoadedModules.class)
                .hasAtLeastOneElementOfType(MemoryCounters.class).hasAtLeastOneElementOfType(PoolSnapshot.class);
        assertThat(warnings).isEmpty();
        OpenKernelImage open = facts.stream().filter(OpenKernelImage.class::isInstance).map(OpenKernelImage.class::cast)
                .findFirst().orElseThrow();
        try (open) {
            assertThat(open.image().bigPages().value()).isPresent();
        }
    }

    @Test
    void whatASmallDumpCannotTellIsAWarningWithItsReason() throws EvidenceException {
        List<Fact> facts = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        read("triage-19041-x64-bugcheck-7e.dmp", facts, warnings);
        assertThat(facts).hasAtLeastOneElementOfType(ImageInfo.class).hasAtLeastOneElementOfType(LoadedModules.class)
                .doesNotHaveAnyElementsOfTypes(MemoryCounters.class, PoolSnapshot.class);
        assertThat(warnings).anySatisfy(warning -> assertThat(warning).startsWith("pool use by tag: ").contains("small dump"))
                .anySatisfy(warning -> assertThat(warning).startsWith("memory counters: "));
        facts.stream().filter(OpenKernelImage.class::isInstance).map(OpenKernelImage.class::cast).forEach(OpenKernelImage::close);
    }

    @Test
    void itIsFoundAsAService() {
        assertThat(ServiceLoader.load(EvidenceReader.class)).anyMatch(reader -> reader instanceof KernelImageReader);
    }

    private static void read(String image, List<Fact> facts, List<String> warnings) throws EvidenceException {
        EvidenceFile file = EvidenceFile.open(RealEvidence.image(image));
        KernelImageReader reader = new KernelImageReader();
        assertThat(reader.recognises(file)).isTrue();
        reader.read(file, new FactSink() {
            @Override
            public void add(Fact fact) {
                facts.add(fact);
            }

            @Override
            public void understood(int line) {
                throw new AssertionError("an image has no lines");
            }

            @Override
            public void warn(Provenance where, String message) {
                warnings.add(message);
            }
        });
    }
}
