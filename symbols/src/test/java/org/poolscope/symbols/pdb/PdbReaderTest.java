package org.poolscope.symbols.pdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.poolscope.model.Architecture;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.Tool;
import org.poolscope.symbols.CodeSymbol;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.SymbolTable;

/** PDB files that LLVM's linker wrote, against what LLVM's own reader prints of them. */
class PdbReaderTest {

    private static final Pattern RECORD = Pattern.compile("  0x([0-9A-F]+) \\| (LF_\\w+) \\[size = \\d+\\](?: `(.*)`)?");
    private static final Pattern MEMBER =
            Pattern.compile("- LF_MEMBER \\[name = `(.*)`, Type = 0x([0-9A-F]+).*, offset = (\\d+),");
    private static final Pattern PLACE = Pattern.compile("addr = (\\d+):(\\d+)(?:, code size = (\\d+))?");

    @TempDir
    Path folder;

    /** One record of the listing: its kind, its name, the lines below it. */
    private record Record(String kind, String name, List<String> lines) {
        long number(String before) {
            Matcher number = Pattern.compile(Pattern.quote(before) + "\\s*(0x[0-9A-Fa-f]+|\\d+)").matcher(String.join("\n",
                    lines));
            return number.find() ? Long.decode(number.group(1)) : -1;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86_64", "i686"})
    void everyFieldOfEveryStructureIsAsLlvmPrintsIt(String processor) throws Exception {
        Path pdb = CompiledShapes.pdb(processor);
        SymbolTable table = PdbReader.read(pdb);
        Map<Long, Record> records = records(Tool.run("llvm-pdbutil", "dump", "-types", pdb.toString()));
        int pointer = processor.equals("i686") ? 4 : 8;
        int fields = 0;
        for (Map.Entry<Long, Record> entry : records.entrySet()) {
            Record record = entry.getValue();
            if (!record.kind().matches("LF_(STRUCTURE|UNION)") || String.join("", record.lines()).contains("forward ref")) {
                continue;
            }
            String name = record.name().contains("<unnamed-tag>") ? "__unnamed_" + Long.toHexString(entry.getKey())
                    : record.name();
            StructLayout ours = table.get(name);
            assertThat(ours.size()).as(name).isEqualTo((int) record.number("sizeof"));
            for (String line : records.get(record.number("field list:")).lines()) {
                Matcher member = MEMBER.matcher(line);
                if (member.find()) {
                    FieldLayout field = ours.field(member.group(1));
                    assertThat(field.offset()).as(name + "." + field.name()).isEqualTo(Integer.parseInt(member.group(3)));
                    long[] expected = width(records, Long.parseLong(member.group(2), 16), pointer);
                    assertThat(new long[] {field.bytes(), field.count(), field.bit(), field.bits()}).as(name + "." + field.name())
                            .isEqualTo(expected);
                    fields++;
                }
            }
        }
        assertThat(fields).isGreaterThan(30);
        assertThat(table.architecture()).contains(pointer == 8 ? Architecture.X64 : Architecture.X86);
    }

    /** Bytes of an element, elements, first bit and bits, as the listing's records say. */
    private static long[] width(Map<Long, Record> records, long index, int pointer) {
        Record record = records.get(index);
        if (record == null) {
            int known = (int) index;
            return new long[] {switch (known) {
                case 0x10, 0x20 -> 1;
                case 0x11, 0x21 -> 2;
                case 0x74, 0x75 -> 4;
                case 0x13, 0x23, 0x41 -> 8;
                default -> throw new IllegalArgumentException("type " + Integer.toHexString(known));
            }, 1, 0, 0};
        }
        switch (record.kind()) {
            case "LF_POINTER":
                return new long[] {pointer, 1, 0, 0};
            case "LF_MODIFIER":
                return width(records, record.number("referent ="), pointer);
            case "LF_ENUM":
                return width(records, record.number("underlying type:"), pointer);
            case "LF_BITFIELD":
                return new long[] {width(records, record.number("type ="), pointer)[0], 1, record.number("bit offset ="),
                    record.number("# bits =")};
            case "LF_ARRAY":
                long[] element = width(records, record.number("element type:"), pointer);
                long whole = whole(records, record.number("element type:"), pointer);
                return new long[] {element[0], element[1] * (record.number("size:") / whole), 0, 0};
            default:
                return new long[] {0, 1, 0, 0};
        }
    }

    private static long whole(Map<Long, Record> records, long index, int pointer) {
        Record record = records.get(index);
        if (record != null && record.kind().equals("LF_ARRAY")) {
            return record.number("size:");
        }
        if (record != null && record.kind().matches("LF_(STRUCTURE|UNION)")) {
            long real = record.number("forward ref (->");
            return records.get(real < 0 ? index : real).number("sizeof");
        }
        return width(records, index, pointer)[0];
    }

    private static Map<Long, Record> records(String listing) {
        Map<Long, Record> records = new HashMap<>();
        Record open = null;
        for (String line : listing.split("\n")) {
            Matcher record = RECORD.matcher(line);
            if (record.find()) {
                open = new Record(record.group(2), record.group(3) == null ? "" : record.group(3), new ArrayList<>());
                records.put(Long.parseLong(record.group(1), 16), open);
            } else if (open != null) {
                open.lines().add(line);
            }
        }
        return records;
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86_64", "i686"})
    void everySymbolStandsWhereLlvmPrintsIt(String processor) throws Exception {
        Path pdb = CompiledShapes.pdb(processor);
        SymbolTable table = PdbReader.read(pdb);
        List<Long> sections = new ArrayList<>();
        Matcher address = Pattern.compile("([0-9A-F]+) virtual address")
                .matcher(Tool.run("llvm-pdbutil", "dump", "-section-headers", pdb.toString()));
        while (address.find()) {
            sections.add(Long.parseLong(address.group(1), 16));
        }
        String name = null;
        int symbols = 0;
        int procedures = 0;
        for (String line : Tool.run("llvm-pdbutil", "dump", "-publics", "-globals", "-symbols", pdb.toString()).split("\n")) {
            Matcher record = Pattern.compile("\\| S_(PUB32|[GL]DATA32|[GL]PROC32) \\[size = \\d+\\] `(.*)`").matcher(line);
            Matcher place = PLACE.matcher(line);
            if (record.find()) {
                name = processor.equals("i686") && record.group(1).equals("PUB32") ? record.group(2).substring(1)
                        : record.group(2);
            } else if (name != null && place.find()) {
                long rva = sections.get(Integer.parseInt(place.group(1)) - 1) + Long.parseLong(place.group(2));
                assertThat(table.offset(name)).as(name).hasValue(rva);
                symbols++;
                if (place.group(3) != null) {
                    long last = rva + Long.parseLong(place.group(3)) - 1;
                    assertThat(table.nearest(last)).as(name).contains(new CodeSymbol(name, rva, last - rva));
                    procedures++;
                }
                name = null;
            }
        }
        assertThat(symbols).isGreaterThan(10);
        assertThat(procedures).isEqualTo(3);
        assertThat(table.nearest(table.offset("hidden_function").getAsLong() - 1)).as("between functions").isEmpty();
    }

    @Test
    void identityIsTheOneTheProgramNames() throws Exception {
        Path pdb = CompiledShapes.pdb("x86_64");
        Matcher guid = Pattern.compile("GUID: \\{([0-9A-F-]+)\\}").matcher(Tool.run("llvm-pdbutil", "dump", "-summary",
                pdb.toString()));
        assertThat(guid.find()).isTrue();
        assertThat(PdbReader.read(pdb).identity().guid()).isEqualTo(guid.group(1).replace("-", ""));
        byte[] program = Files.readAllBytes(pdb.resolveSibling("shapes.dll"));
        String text = new String(program, java.nio.charset.StandardCharsets.ISO_8859_1);
        int record = text.indexOf("RSDS");
        assertThat(PdbReader.read(pdb).identity().age()).isEqualTo(program[record + 20]);
    }

    @Test
    void membersWithoutANameCountAsMembersOfTheirStructure() throws Exception {
        StructLayout header = PdbReader.read(CompiledShapes.pdb("x86_64")).get("_HEADER");
        assertThat(header.field("BlockSize").type()).isEqualTo("u16:0+9");
        assertThat(header.offset("BlockSize")).isEqualTo(2);
        assertThat(header.offset("Tag")).isEqualTo(4);
        StructLayout all = PdbReader.read(CompiledShapes.pdb("x86_64")).get("_EVERYTHING");
        assertThat(all.offset("Named.Inner.B")).isEqualTo(all.offset("Named") + 8);
        assertThat(all.offset("Links.Blink")).isEqualTo(16);
    }

    /** A list of fields is covered by the linker's checksum: no single bit of one can change and give another layout. */
    @Test
    void aChangedFieldIsNoticed() throws Exception {
        byte[] sound = Files.readAllBytes(CompiledShapes.pdb("x86_64"));
        String text = new String(sound, java.nio.charset.StandardCharsets.ISO_8859_1);
        int offset = text.indexOf("AfterLarge") - 4;
        for (int bit = 0; bit < 16; bit++) {
            byte[] damaged = sound.clone();
            damaged[offset + 2 + bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> PdbReader.read(damaged, "shapes.pdb")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aFileThatIsCutOffIsNamed() throws Exception {
        byte[] sound = Files.readAllBytes(CompiledShapes.pdb("x86_64"));
        for (int length : new int[] {0, 31, 56, 4096, 20_000, sound.length - 4096}) {
            Path cut = folder.resolve("cut.pdb");
            Files.write(cut, java.util.Arrays.copyOf(sound, length));
            assertThatThrownBy(() -> PdbReader.read(cut)).isInstanceOf(EvidenceException.class).hasMessageContaining("cut.pdb");
        }
    }
}
