package org.poolscope.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.driver.TagUse.Confidence;
import org.poolscope.driver.TagUse.Source;
import org.poolscope.driver.TestDriver.Target;
import org.poolscope.driver.pe.LittleEndian;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.Fact;
import org.poolscope.model.FactSink;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.model.Provenance;

class TagScanTest {

    @TempDir
    Path folder;

    private Path driver(String source, Target target, String name) throws Exception {
        return Files.copy(TestDriver.compile(target, source, "-O2"), folder.resolve(name));
    }

    @Test
    void tellsDriversByTheirContent() throws Exception {
        driver("wrappers", Target.X64, "wrap.sys");
        driver("branches", Target.X86, "branch.bin");
        Files.writeString(folder.resolve("notes.sys"), "no driver");
        Files.write(folder.resolve("cut.sys"), Arrays.copyOf(Files.readAllBytes(folder.resolve("wrap.sys")), 0x90));

        TagScan scan = TagScan.of(List.of(folder), Progress.NONE);

        assertThat(scan.drivers()).isEqualTo(2);
        assertThat(scan.others()).isEqualTo(2);
        assertThat(scan.failures()).singleElement().asString().contains("cut.sys");
        assertThat(uses(scan, "W2aa")).containsExactly(tuple("wrap.sys", Source.CALL_SITE, 1, Confidence.HIGH));
        assertThat(uses(scan, "Man0")).containsExactly(tuple("branch.bin", Source.CALL_SITE, 2, Confidence.HIGH));
        assertThat(scan.uses()).isSortedAccordingTo((a, b) -> a.tag().compareTo(b.tag()));
    }

    private static List<org.assertj.core.groups.Tuple> uses(TagScan scan, String tag) {
        return scan.uses().stream().filter(use -> use.tag().equals(PoolTag.parse(tag)))
                .map(use -> tuple(use.binary(), use.source(), use.sites(), use.confidence())).toList();
    }

    @Test
    void whatOnlyReadsLikeATagIsSaidToBeLessSure() throws Exception {
        driver("branches", Target.X64, "branch.sys");   // it makes calls whose tag is not known

        TagScan scan = TagScan.of(List.of(folder), Progress.NONE);

        // one of four tags in an array of the frame, written to at a place that is not known
        assertThat(uses(scan, "Aar1")).containsExactly(tuple("branch.sys", Source.CODE_LITERAL, 1, Confidence.MEDIUM));
    }

    @Test
    void writesTagsAsPoolMonReadsThem() throws Exception {
        driver("direct", Target.X86, "one.sys");
        driver("wrappers", Target.X86, "two.sys");
        TagScan scan = TagScan.of(List.of(folder), Progress.NONE);
        StringWriter text = new StringWriter();

        int lines = scan.writeLocalTags(text, tag -> !tag.equals(PoolTag.parse("None")));

        assertThat(text.toString().split("\r\n")).hasSize(lines).contains("Mup  - one.sys - 1 call site", "W1aa - two.sys - 1 call site")
                .allMatch(line -> line.matches(".{4} - \\S+ - \\d+ call sites?"));
        assertThat(text.toString()).doesNotContain("None");
    }

    @Test
    void readsLiteralsOfArm64Drivers() throws Exception {
        byte[] file = Files.readAllBytes(TestDriver.compile(Target.X64, "direct", "-O2"));
        int header = LittleEndian.i32(file, 0x3c);
        file[header + 4] = 0x64;
        file[header + 5] = (byte) 0xaa;
        LittleEndian.put32(file, 0x400, 0x52800002 | ('A' | 'r' << 8) << 5);   // movz w2,#'Ar'
        LittleEndian.put32(file, 0x404, 0xd2800021);                            // movz x1,#1
        LittleEndian.put32(file, 0x408, 0x72a00002 | ('m' | '6' << 8) << 5);   // movk w2,#'m6',lsl #16
        Files.write(folder.resolve("arm.sys"), file);

        TagScan scan = TagScan.of(List.of(folder), Progress.NONE);

        assertThat(uses(scan, "Arm6")).containsExactly(tuple("arm.sys", Source.CODE_LITERAL, 1, Confidence.MEDIUM));
        assertThat(scan.failures()).anyMatch(failure -> failure.contains("ARM64"));
    }

    @Test
    void saysThatThereIsNothing() {
        assertThatThrownBy(() -> TagScan.of(List.of(folder.resolve("none")), Progress.NONE)).isInstanceOf(EvidenceException.class);
    }

    @Test
    void driversAreEvidence() throws Exception {
        Path file = driver("wrappers", Target.X64, "wrap.sys");
        List<Fact> facts = new java.util.ArrayList<>();
        for (EvidenceReader reader : ServiceLoader.load(EvidenceReader.class)) {
            EvidenceFile evidence = EvidenceFile.open(file);
            if (reader.recognises(evidence)) {
                reader.read(evidence, new Collector(facts));
            }
        }
        assertThat(facts).singleElement().isInstanceOfSatisfying(ScannedDriver.class, driver -> {
            assertThat(driver.name()).isEqualTo("wrap.sys");
            assertThat(driver.sitesOf(PoolTag.parse("W1aa"))).hasSize(1);
            assertThat(driver.sitesOf(PoolTag.parse("Nope"))).isEmpty();
        });
    }

    private record Collector(List<Fact> facts) implements FactSink {
        @Override
        public void add(Fact fact) {
            facts.add(fact);
        }

        @Override
        public void understood(int line) {
            throw new AssertionError("not text");
        }

        @Override
        public void warn(Provenance where, String message) {
            throw new AssertionError(message);
        }
    }
}
