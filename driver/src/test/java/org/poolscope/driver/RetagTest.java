package org.poolscope.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.driver.TestDriver.Target;
import org.poolscope.driver.pe.LittleEndian;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.PoolTag;
import org.poolscope.model.TagPattern;

class RetagTest {

    @TempDir
    Path folder;

    static Stream<Arguments> drivers() {
        return Stream.of("direct", "wrappers", "branches").flatMap(source -> Stream.of(Target.values())
                .flatMap(target -> Stream.of("-O0", "-O2").map(level -> Arguments.of(source, target, level))));
    }

    @BeforeAll
    static void compile() {
        TestDriver.compileAll(drivers());
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("drivers")
    void readingTheCopyGivesTheMap(String source, Target target, String level) throws Exception {
        DriverFile driver = DriverFile.read(TestDriver.compile(target, source, level));
        Retag retag = Retag.plan(driver, Retag.Options.DEFAULT);

        DriverFile copy = DriverFile.read(Files.write(folder.resolve("copy.sys"), retag.copy()));

        assertThat(retag.map().entries()).isNotEmpty();
        Map<String, String> expected = retag.map().entries().stream().collect(Collectors.toMap(
                entry -> Integer.toHexString(entry.rva()) + " " + entry.patchRva() + " " + entry.sizes() + entry.pool(),
                entry -> entry.tag().toString()));
        Map<String, String> found = copy.sites().stream().filter(site -> site.patch() != null && site.isAllocation())
                .collect(Collectors.toMap(site -> Integer.toHexString(site.rva()) + " " + site.patch().rva() + " " + site.sizes()
                        + site.pool(), site -> site.tag().toString()));
        assertThat(found).containsAllEntriesOf(expected);
        // What is not in the map is as it was.
        Set<Integer> patched = retag.map().entries().stream().map(TagMap.Entry::patchRva).collect(Collectors.toSet());
        assertThat(untouched(copy, patched)).isEqualTo(untouched(driver, patched));
        assertThat(copy.image().rightChecksum()).isEqualTo(copy.image().statedChecksum());
        // A tag for each place, none of them used before.
        assertThat(retag.map().entries().stream().map(TagMap.Entry::tag).distinct()).hasSize(patched.size());
        assertThat(retag.map().entries()).noneMatch(entry -> driver.sites().stream().anyMatch(site -> entry.tag().equals(site.tag())));
    }

    private static List<String> untouched(DriverFile driver, Set<Integer> patched) {
        return driver.sites().stream().filter(site -> site.patch() == null || !patched.contains(site.patch().rva()))
                .map(CallSite::toString).toList();
    }

    @ParameterizedTest
    @EnumSource
    void objdumpShowsNoOtherDifference(Target target) throws Exception {
        Tool.need("objdump", "binutils");
        Path original = TestDriver.compile(target, "wrappers", "-O2");
        Retag retag = Retag.plan(DriverFile.read(original), Retag.Options.DEFAULT);
        Path copy = Files.write(folder.resolve("copy.sys"), retag.copy());

        List<String> before = code(original);
        List<String> after = code(copy);
        assertThat(after).hasSameSizeAs(before);
        Set<Integer> patched = new TreeSet<>();
        for (int i = 0; i < before.size(); i++) {
            if (!before.get(i).equals(after.get(i))) {
                patched.add(instructionStart(retag, before.get(i)));
            }
        }
        assertThat(patched).hasSize(retag.patches().size()).doesNotContain(-1);
        assertThat(Tool.run("objdump", "-p", copy.toString()).replaceAll("CheckSum.*", "").replace(copy.toString(), ""))
                .isEqualTo(Tool.run("objdump", "-p", original.toString()).replaceAll("CheckSum.*", "").replace(original.toString(), ""));
    }

    private static List<String> code(Path file) {
        return Tool.run("objdump", "-d", "-w", file.toString()).lines().filter(line -> line.contains("\t")).toList();
    }

    /** The patched place an instruction holds; -1 when it holds none. */
    private static int instructionStart(Retag retag, String line) {
        long address = Long.parseLong(line.substring(0, line.indexOf(':')).strip(), 16);
        int rva = retag.driver().image().rva(address);
        int length = line.split("\t")[1].strip().split(" ").length;
        return retag.patches().keySet().stream().filter(place -> place > rva && place + 4 <= rva + length).findFirst().orElse(-1);
    }

    /** The checksum as others compute it: 16-bit words added with their carries, then the length. */
    @ParameterizedTest
    @EnumSource
    void anotherProgramComputesTheSameChecksum(Target target) throws Exception {
        Tool.need("python3", "python3");
        Path copy = Files.write(folder.resolve("copy.sys"),
                Retag.plan(DriverFile.read(TestDriver.compile(target, "wrappers", "-O2")), Retag.Options.DEFAULT).copy());

        String sums = Tool.run("python3", "-c", """
                import struct, sys
                file = open(sys.argv[1], 'rb').read()
                at = struct.unpack_from('<I', file, 0x3c)[0] + 24 + 64
                stated = struct.unpack_from('<I', file, at)[0]
                blank = file[:at] + bytes(4) + file[at + 4:] + bytes(-len(file) % 2)
                total = sum(struct.unpack('<%dH' % (len(blank) // 2), blank))
                while total >> 16:
                    total = (total & 0xffff) + (total >> 16)
                print(stated, total + len(file))
                """, copy.toString());

        assertThat(sums.strip().split(" ")[0]).isEqualTo(sums.strip().split(" ")[1]);
    }

    @ParameterizedTest
    @EnumSource
    void theChangesShownAreAllThereAre(Target target) throws Exception {
        DriverFile driver = DriverFile.read(signed(TestDriver.compile(target, "wrappers", "-O2")));
        Retag retag = Retag.plan(driver, Retag.Options.DEFAULT);
        byte[] before = driver.image().content();
        byte[] after = retag.copy();

        Set<Integer> shown = new TreeSet<>();
        for (Retag.Change change : retag.changes()) {
            int length = change.after().isEmpty() ? 0 : change.after().split(" ").length;
            for (int i = 0; i < length; i++) {
                shown.add(change.offset() + i);
            }
        }
        for (int i = 0; i < after.length; i++) {
            if (before[i] != after[i]) {
                assertThat(shown).contains(i);
            }
        }
        assertThat(retag.changes()).extracting(Retag.Change::what).contains("checksum", "signature, cut off");
    }

    @Test
    void takesTheSignatureAway() throws Exception {
        Path signed = signed(TestDriver.compile(Target.X64, "direct", "-O2"));
        PeImage before = PeImage.read(signed);
        assertThat(before.signature()).hasValueSatisfying(signature -> assertThat(signature.whole()).isTrue());

        byte[] copy = Retag.plan(DriverFile.read(signed), Retag.Options.DEFAULT).copy();

        PeImage after = PeImage.of(Path.of("copy.sys"), copy);
        assertThat(after.signature()).isEmpty();
        assertThat(copy.length).isEqualTo(before.signature().orElseThrow().offset());
        assertThat(after.rightChecksum()).isEqualTo(after.statedChecksum());
    }

    /** A file with something where a signature stands. */
    private Path signed(Path driver) throws Exception {
        byte[] file = Files.readAllBytes(driver);
        int start = file.length + 7 & ~7;
        byte[] signed = Arrays.copyOf(file, start + 0x200);
        Arrays.fill(signed, start, signed.length, (byte) 0x5a);
        PeImage image = PeImage.of(driver, file);
        int directories = image.checksumOffset() + (LittleEndian.u16(file, image.checksumOffset() - 64) == 0x20b ? 48 : 32);
        LittleEndian.put32(signed, directories + 8 * 4, start);
        LittleEndian.put32(signed, directories + 8 * 4 + 4, 0x200);
        return Files.write(folder.resolve("signed.sys"), signed);
    }

    @ParameterizedTest
    @ValueSource(ints = {29, 0x100, 0x400})
    void aSignatureAmongHeadersOrSectionsCutsNothingOff(int offset) throws Exception {
        Path signed = signed(TestDriver.compile(Target.X86, "direct", "-O2"));
        byte[] file = Files.readAllBytes(signed);
        LittleEndian.put32(file, PeImage.of(signed, file).signatureEntryOffset(), offset);
        LittleEndian.put32(file, PeImage.of(signed, file).signatureEntryOffset() + 4, file.length);

        byte[] copy = Retag.plan(DriverFile.of(PeImage.of(signed, file), Map.of()), Retag.Options.DEFAULT).copy();

        assertThat(copy).hasSameSizeAs(file);
        assertThat(PeImage.of(signed, file).warnings()).anyMatch(warning -> warning.contains("among the headers and sections"));
    }

    @Test
    void refusesWhatAFreeChecks() throws Exception {
        DriverFile driver = DriverFile.read(TestDriver.compile(Target.X64, "direct", "-O2"));

        Retag retag = Retag.plan(driver, Retag.Options.DEFAULT);

        assertThat(reason(retag, "Mup ")).contains("frees blocks by this tag (FreeTagged").endsWith("; --patch-frees changes these frees too");
        assertThat(reason(retag, "Prot")).contains("protected (bit 31)");
        assertThat(reason(retag, "None")).contains("the kernel gives it");
        assertThat(retag.map().entries()).noneMatch(entry -> Set.of("Mup ", "Prot", "None", "New3", "FltA").contains(entry.originalTag().toString()));
    }

    @ParameterizedTest
    @EnumSource
    void freesByAnyTagWhenAsked(Target target) throws Exception {
        DriverFile driver = DriverFile.read(TestDriver.compile(target, "direct", "-O2"));

        Retag retag = Retag.plan(driver, new Retag.Options(TagPattern.parse("Mup "), null, true));
        DriverFile copy = DriverFile.of(PeImage.of(Path.of("copy.sys"), retag.copy()), Map.of());

        assertThat(retag.map().entries()).singleElement().satisfies(entry -> assertThat(entry.tag()).hasToString("Mu00"));
        assertThat(copy.sites()).filteredOn(site -> site.function().equals("FreeTagged")).singleElement()
                .satisfies(site -> assertThat(site.tag()).isNull());
        assertThat(reason(Retag.plan(driver, new Retag.Options(null, null, true)), "FltA")).contains("cannot be patched");
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("targetsAndLevels")
    void tellsWhereElseTheOldTagStands(Target target, String level) throws Exception {
        Path file = TestDriver.compile(target, "uses", level);
        Retag retag = Retag.plan(DriverFile.read(file), Retag.Options.DEFAULT);

        assertThat(retag.map().entries()).extracting(entry -> entry.originalTag().toString()).containsExactlyInAnyOrder("Used", "Used", "Only");
        assertThat(retag.otherUses()).allSatisfy(use -> {
            assertThat(use.tag()).hasToString("Used");
            assertThat(use.rva()).isNotIn(retag.patches().keySet());
            assertThat(LittleEndian.i32(Files.readAllBytes(file), use.offset())).isEqualTo(PoolTag.parse("Used").key());
        });
        assertThat(retag.otherUses().stream().map(use -> use.place().replaceAll("\\+.*", "") + " " + use.use()))
                .containsExactlyInAnyOrder("Check cmp", "Mark mov", ".rdata data");
        assertThat(retag.warnings()).anySatisfy(warning -> assertThat(warning).contains("in 3 more places"));
        assertThat(retag.otherUses()).extracting(TagMap.OtherUse::describe).anyMatch(text -> text.matches("Check\\+0x\\w+ compares with 'Used'"))
                .anyMatch(text -> text.matches("'Used' stands in data at 0x\\w+ \\(\\.rdata\\)"));
        // What objdump shows of the tag's number, its call sites left out.
        long shown = code(file).stream().filter(line -> line.contains("$0x64657355")).count();
        assertThat(retag.otherUses().stream().filter(use -> !use.use().equals("data"))).hasSize((int) shown - 2);
    }

    static Stream<Arguments> targetsAndLevels() {
        return Stream.of(Target.values()).flatMap(target -> Stream.of("-O0", "-O2", "-Os").map(level -> Arguments.of(target, level)));
    }

    @Test
    void saysNothingOfTagsThatAreNotRetagged() throws Exception {
        DriverFile driver = DriverFile.read(TestDriver.compile(Target.X64, "uses", "-O2"));

        assertThat(Retag.plan(driver, new Retag.Options(TagPattern.parse("Only"), null, false)).otherUses()).isEmpty();
        assertThat(Retag.plan(driver, new Retag.Options(TagPattern.parse("Nope"), null, false)).otherUses()).isEmpty();
    }

    @Test
    void theMapKeepsTheOtherUses() throws Exception {
        TagMap map = Retag.plan(DriverFile.read(TestDriver.compile(Target.X86, "uses", "-O2")), Retag.Options.DEFAULT).map();
        StringWriter text = new StringWriter();
        map.write(text);

        assertThat(map.otherUses()).hasSize(3);
        assertThat(TagMap.read(Files.writeString(folder.resolve("map.json"), text.toString())).otherUses()).isEqualTo(map.otherUses());
        String older = text.toString().replace("otherUses", "unknown");
        assertThat(TagMap.read(Files.writeString(folder.resolve("older.json"), older)).otherUses()).isEmpty();
    }

    private static String reason(Retag retag, String tag) {
        return retag.refusals().stream().filter(refusal -> refusal.site().tag() != null && refusal.site().tag().equals(PoolTag.parse(tag)))
                .map(Retag.Refusal::reason).findFirst().orElse("not refused");
    }

    @Test
    void numbersTagsInTheOrderOfTheCode() throws Exception {
        DriverFile driver = DriverFile.read(TestDriver.compile(Target.X86, "wrappers", "-O2"));

        List<TagMap.Entry> named = Retag.plan(driver, new Retag.Options(TagPattern.parse("W?a*"), "Zz", false)).map().entries();

        assertThat(named).extracting(entry -> entry.tag().toString()).isSorted().startsWith("Zz00").allMatch(tag -> tag.startsWith("Zz"));
        assertThatThrownBy(() -> new Retag.Options(null, "Zzz", false)).hasMessageContaining("two printable characters");
    }

    @ParameterizedTest
    @EnumSource
    void theScriptDoesTheSameInMemoryAndUndoesIt(Target target) throws Exception {
        DriverFile driver = DriverFile.read(TestDriver.compile(target, "wrappers", "-O2"));
        Retag retag = Retag.plan(driver, Retag.Options.DEFAULT);
        byte[] memory = driver.image().content().clone();

        run(DebuggerScript.apply(retag), driver.image(), memory);
        byte[] expected = retag.copy();
        LittleEndian.put32(expected, driver.image().checksumOffset(), (int) driver.image().statedChecksum());
        assertThat(memory).isEqualTo(expected);

        run(DebuggerScript.undo(retag), driver.image(), memory);
        assertThat(memory).isEqualTo(driver.image().content());
    }

    /** Does what the debugger would: checks, then writes. */
    private static void run(String script, PeImage image, byte[] memory) {
        Matcher stamp = Pattern.compile("\\.if \\(dwo\\([\\w@!\"]+\\+0x([0-9a-f]+)\\) != 0x([0-9a-f]+)\\) \\{").matcher(script);
        assertThat(stamp.find()).isTrue();
        assertThat(LittleEndian.u32(memory, Integer.parseInt(stamp.group(1), 16))).isEqualTo(Long.parseLong(stamp.group(2), 16));
        Matcher edits = Pattern.compile("\\.if \\(dwo\\(([\\w]+)\\+0x([0-9a-f]+)\\) == 0x([0-9a-f]+)\\) "
                + "\\{ ed \\1\\+0x\\2 0x([0-9a-f]+); } .else \\{ \\.echo [\\w ,-]+; }").matcher(script);
        int count = 0;
        while (edits.find()) {
            int offset = image.offset(Integer.parseInt(edits.group(2), 16));
            assertThat(LittleEndian.u32(memory, offset)).isEqualTo(Long.parseLong(edits.group(3), 16));
            LittleEndian.put32(memory, offset, (int) Long.parseLong(edits.group(4), 16));
            count++;
        }
        assertThat(script.lines().filter(line -> line.contains(" ed "))).hasSize(count);
    }

    @Test
    void namesModulesAsDebuggersDo() {
        assertThat(DebuggerScript.moduleName("mup.sys")).isEqualTo("mup");
        assertThat(DebuggerScript.moduleName("my-driver 2.sys")).isEqualTo("my_driver_2");
        assertThat(DebuggerScript.moduleName("fdc.sys")).isEqualTo("@!\"fdc\"");
    }

    @Test
    void theMapIsReadAgain() throws Exception {
        Path file = TestDriver.compile(Target.X86, "wrappers", "-O2");
        TagMap map = Retag.plan(DriverFile.read(file), Retag.Options.DEFAULT).map();
        StringWriter text = new StringWriter();
        map.write(text);
        Path written = Files.writeString(folder.resolve("map.json"), text.toString());

        TagMap read = TagMap.read(written);

        assertThat(read.entries()).isEqualTo(map.entries());
        assertThat(read.timeDateStamp()).isEqualTo(map.timeDateStamp());
        TagMap.Entry entry = read.entries().stream().filter(each -> each.function().equals("TwoLevelsB")).findFirst().orElseThrow();
        assertThat(read.describe(entry)).matches("wrappers-i686-[0-9a-f]+!TwoLevelsB\\+0x[0-9a-f]+, size 0x3c, paged");
        assertThat(read.sites(entry.tag())).containsExactly(entry);
        assertThat(new TagMapReader().recognises(EvidenceFile.open(written))).isTrue();
        assertThat(new TagMapReader().recognises(EvidenceFile.open(file))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"format\":\"other\"}", "{\"format\":\"poolscope tag map\",\"tags\":[{}]}",
        "{\"format\":\"poolscope tag map\",\"tags\":[{\"tag\":\"Mu00\",\"originalTag\":7}]}",
        "{\"format\":\"poolscope tag map\",\"tags\":[{\"tag\":\"too long\"}]}"})
    void whatIsNoMapIsRefused(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("map.json"), text);
        assertThatThrownBy(() -> TagMap.read(file)).isInstanceOf(EvidenceException.class);
    }

    /** Whatever stands in a file, it is a map or it is refused. */
    @FuzzTest(maxDuration = "20s")
    void anyTextIsAMapOrRefused(FuzzedDataProvider data) throws IOException {
        Path file = Files.createTempFile("map", ".json");
        try {
            Files.write(file, data.consumeRemainingAsBytes());
            TagMap.read(file).entries().forEach(entry -> assertThat(entry.tag()).isNotNull());
        } catch (EvidenceException e) {
            assertThat(e.problem()).isNotEmpty();
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void writesWhatTheContractSays() throws Exception {
        TagMap map = Retag.plan(DriverFile.read(TestDriver.compile(Target.X64, "wrappers", "-O2")), Retag.Options.DEFAULT).map();
        try (Writer out = new StringWriter()) {
            map.write(out);
            for (String field : List.of("tag", "originalTag", "rva", "function", "patchOffset")) {
                assertThat(out.toString()).contains("\"" + field + "\"");
            }
        }
        List<Integer> offsets = new ArrayList<>(map.entries().stream().map(TagMap.Entry::patchOffset).toList());
        assertThat(offsets).allMatch(offset -> offset > 0x200);
    }
}
