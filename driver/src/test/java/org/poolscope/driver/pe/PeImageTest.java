package org.poolscope.driver.pe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.poolscope.driver.TestDriver;
import org.poolscope.driver.TestDriver.Target;
import org.poolscope.driver.Tool;
import org.poolscope.model.Architecture;
import org.poolscope.model.EvidenceException;

class PeImageTest {

    @ParameterizedTest
    @EnumSource
    void readsWhatTheLinkerWasTold(Target target) throws Exception {
        PeImage image = PeImage.read(TestDriver.image(target));

        assertThat(image.architecture()).isEqualTo(target == Target.X86 ? Architecture.X86 : Architecture.X64);
        assertThat(image.isNative()).isTrue();
        assertThat(image.warnings()).isEmpty();
        assertThat(image.packed()).isEmpty();
        assertThat(image.signature()).isEmpty();
        assertThat(image.imports().stream().map(Import::toString)).contains("numbered.sys!#12", "late.sys!Delayed", "late.sys!DelayedToo",
                "ntoskrnl.exe!ExAllocatePoolWithTag");
        assertThat(image.imports()).filteredOn(Import::delayed).hasSize(2);
        assertThat(image.exports()).extracting(Export::name).contains("Exported", "ExportedData", "Forwarded");
        assertThat(image.exports()).filteredOn(export -> "Forwarded".equals(export.name())).singleElement()
                .extracting(Export::forwarder).isEqualTo("ntoskrnl.ExFreePool");
        VersionInfo version = image.version().orElseThrow();
        assertThat(version.fileVersion()).isEqualTo("5.2.3790.1830");
        assertThat(version.strings()).containsAllEntriesOf(Map.of("CompanyName", "Example Company", "FileDescription",
                "An image for tests", "OriginalFilename", "image.sys"));
    }

    @ParameterizedTest
    @EnumSource
    void agreesWithObjdump(Target target) throws Exception {
        Tool.need("objdump", "binutils");
        Path file = TestDriver.image(target);
        PeImage image = PeImage.read(file);
        String shown = Tool.run("objdump", "-p", file.toString());

        assertThat(Long.toHexString(image.base())).isEqualTo(hex(shown, "ImageBase\\s+([0-9a-f]+)"));
        assertThat(Integer.toHexString(image.entryPoint())).isEqualTo(hex(shown, "AddressOfEntryPoint\\s+([0-9a-f]+)"));
        assertThat(Long.toHexString(image.statedChecksum())).isEqualTo(hex(shown, "CheckSum\\s+([0-9a-f]+)"));
        Matcher debug = Pattern.compile("format RSDS signature ([0-9a-f]{32}) age (\\d+) pdb (\\S+)\\)").matcher(shown);
        assertThat(debug.find()).isTrue();
        DebugId id = image.debugId().orElseThrow();
        assertThat(id.guid()).isEqualToIgnoringCase(debug.group(1));
        assertThat(id.age()).isEqualTo(Long.parseLong(debug.group(2)));
        assertThat(id.fileName()).isEqualTo("image.pdb");
        assertThat(sections(image)).isEqualTo(sectionsByObjdump(file, image));
        assertThat(relocations(image)).isEqualTo(relocationsByObjdump(shown));
        assertThat(symbols(image)).contains("DriverEntry", "Exported");
    }

    private static String hex(String text, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        assertThat(found.find()).as(pattern).isTrue();
        return found.group(1).replaceFirst("^0+(?=.)", "");
    }

    private static List<String> sections(PeImage image) {
        return image.sections().stream().map(section -> section.name() + " " + Integer.toHexString(section.rva()) + " "
                + Integer.toHexString(section.dataSize())).toList();
    }

    private static List<String> sectionsByObjdump(Path file, PeImage image) {
        List<String> found = new ArrayList<>();
        Matcher rows = Pattern.compile("^ +\\d+ (\\S+) +([0-9a-f]{8})  ([0-9a-f]{8,16}) .*\\n(.*)$", Pattern.MULTILINE)
                .matcher(Tool.run("objdump", "-h", file.toString()));
        while (rows.find()) {
            String size = rows.group(4).contains("CONTENTS") ? rows.group(2).replaceFirst("^0+(?=.)", "") : "0";
            found.add(rows.group(1) + " " + Long.toHexString(Long.parseLong(rows.group(3), 16) - image.base()) + " " + size);
        }
        return found;
    }

    private static List<String> relocations(PeImage image) {
        List<String> places = new ArrayList<>();
        for (int place : image.relocations()) {
            places.add(Integer.toHexString(place));
        }
        return places;
    }

    private static List<String> relocationsByObjdump(String shown) {
        return Pattern.compile("reloc +\\d+ offset +[0-9a-f]+ \\[([0-9a-f]+)\\] (HIGHLOW|DIR64)").matcher(shown).results()
                .map(row -> Long.parseLong(row.group(1), 16)).sorted().map(Long::toHexString).toList();
    }

    private static List<String> symbols(PeImage image) {
        return List.copyOf(image.symbols().values());
    }

    /** The linker puts the right checksum into every file it makes. */
    @ParameterizedTest
    @EnumSource
    void knowsTheChecksumAsTheLinkerDoes(Target target) throws Exception {
        for (String source : List.of("direct", "wrappers", "branches")) {
            PeImage image = PeImage.read(TestDriver.compile(target, source, "-O2"));
            assertThat(image.rightChecksum()).as(source).isEqualTo(image.statedChecksum());
        }
    }

    @Test
    void addsUpAFileOfOddLength() {
        byte[] file = {1, 2, 3, 4, 9, 9, 9, 9, 5};
        assertThat(Checksum.of(file, 4)).isEqualTo(0x0201 + 0x0403 + 5 + 9);
    }

    @Test
    void knowsTheFunctionsOfUnwindData() throws Exception {
        PeImage image = PeImage.read(TestDriver.compile(Target.X64, "wrappers", "-O2"));
        FunctionTable table = image.functions();

        List<String> named = image.symbols().entrySet().stream()
                .filter(symbol -> table.find(symbol.getKey()) >= 0 && table.begin(table.find(symbol.getKey())) == symbol.getKey())
                .map(Map.Entry::getValue).toList();
        assertThat(named).contains("OneLevelA", "TwoLevelsB", "DriverEntry", "Recursive");
        for (int i = 0; i < table.count(); i++) {
            assertThat(table.first(i)).isEqualTo(table.begin(i));
        }
    }

    @Test
    void saysWhyAFileIsNoDriver(@TempDir Path folder) throws Exception {
        Path text = Files.writeString(folder.resolve("notes.sys"), "This is no driver at all, whatever its name says. ".repeat(3));
        Path dos = Files.write(folder.resolve("dos.exe"), dosProgram());

        assertThatThrownBy(() -> PeImage.read(text)).isInstanceOf(EvidenceException.class).hasMessageContaining("does not begin with MZ");
        assertThatThrownBy(() -> PeImage.read(dos)).isInstanceOf(EvidenceException.class).hasMessageContaining("no PE header");
        assertThatThrownBy(() -> PeImage.read(folder)).isInstanceOf(EvidenceException.class).hasMessageContaining("directory");
        assertThatThrownBy(() -> PeImage.read(folder.resolve("none"))).isInstanceOf(EvidenceException.class)
                .hasMessageContaining("no such file");
    }

    private static byte[] dosProgram() {
        byte[] file = new byte[512];
        file[0] = 'M';
        file[1] = 'Z';
        file[0x3c] = 0x40;
        return file;
    }

    @Test
    void readsArm64HeadersToo() throws Exception {
        byte[] file = Files.readAllBytes(TestDriver.compile(Target.X64, "direct", "-O2"));
        int header = LittleEndian.i32(file, 0x3c);
        file[header + 4] = 0x64;
        file[header + 5] = (byte) 0xaa;

        PeImage image = PeImage.of(Path.of("arm.sys"), file);

        assertThat(image.architecture()).isEqualTo(Architecture.ARM64);
        assertThat(image.imports()).isNotEmpty();
        assertThat(image.functions().count()).isZero();
        file[header + 4] = (byte) 0xc4;
        file[header + 5] = 1;
        assertThatThrownBy(() -> PeImage.of(Path.of("arm.sys"), file)).hasMessageContaining("machine type 0x1c4");
    }

    @Test
    void saysThatAFileLooksPacked() throws Exception {
        byte[] file = Files.readAllBytes(Stream.of(Target.X64).map(target -> TestDriver.compile(target, "direct", "-O0")).findAny().orElseThrow());
        PeImage sound = PeImage.of(Path.of("sound.sys"), file);
        Section text = sound.sections().getFirst();
        int nameAt = LittleEndian.i32(file, 0x3c) + 24 + LittleEndian.u16(file, LittleEndian.i32(file, 0x3c) + 20);
        System.arraycopy("UPX0\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, file, nameAt, 5);

        assertThat(text.isCode()).isTrue();
        assertThat(PeImage.of(Path.of("packed.sys"), file).packed()).hasValueSatisfying(why -> assertThat(why).contains("packer"));
    }
}
