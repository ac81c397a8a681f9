package org.poolscope.symbols.pdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.Tool;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.SymbolTable;

/**
 * PDB files that Microsoft's linker wrote, against what LLVM's reader prints of them. They come with a public npm package whose native parts
 * were built with Visual C++ for x64 and ARM64.
 */
class MicrosoftPdbTest {

    private static final String PACKAGE = "node-pty@1.1.0";
    private static final Pattern RECORD = Pattern.compile("  0x([0-9A-F]+) \\| (LF_\\w+) \\[size = \\d+\\](?: `(.*)`)?");
    private static final Pattern MEMBER = Pattern.compile("- LF_MEMBER \\[name = `(.+)`, Type = .*, offset = (\\d+), attrs");
    private static final Pattern PUBLIC = Pattern.compile("\\| S_PUB32 \\[size = \\d+\\] `(.*)`");
    private static final Pattern PLACE = Pattern.compile("addr = (\\d+):(\\d+)");

    @TempDir
    static Path folder;

    private static List<Path> pdbs;

    @BeforeAll
    static void fetch() throws IOException {
        Tool.need("llvm-pdbutil", "llvm");
        Tool.need("npm", "npm");
        try {
            Tool.run("npm", "pack", PACKAGE, "--silent", "--pack-destination", folder.toString(), "--fetch-retries", "1", "--fetch-timeout", "60000");
        } catch (IllegalStateException e) {
            abort("the npm registry is not reached: " + e.getMessage());
        }
        try (Stream<Path> archives = Files.list(folder)) {
            Tool.run("tar", "-xzf", archives.findFirst().orElseThrow().toString(), "-C", folder.toString());
        }
        try (Stream<Path> files = Files.walk(folder)) {
            pdbs = files.filter(file -> file.toString().endsWith(".pdb")).sorted().toList();
        }
        assertThat(pdbs).hasSizeGreaterThan(5);
    }

    @Test
    void structuresAreAsLlvmPrintsThem() throws Exception {
        int structures = 0;
        int fields = 0;
        for (Path pdb : pdbs) {
            SymbolTable table = PdbReader.read(pdb);
            Map<String, String> sizes = new HashMap<>();
            Map<String, String> lists = new HashMap<>();
            Map<String, List<String[]>> members = new HashMap<>();
            Set<String> twice = new HashSet<>();
            String index = "";
            String name = null;
            for (String line : Tool.run("llvm-pdbutil", "dump", "-types", pdb.toString()).split("\n")) {
                Matcher record = RECORD.matcher(line);
                Matcher member = MEMBER.matcher(line);
                Matcher list = Pattern.compile("field list: 0x([0-9A-F]+)").matcher(line);
                Matcher size = Pattern.compile("sizeof (\\d+)").matcher(line);
                if (record.find()) {
                    index = record.group(1);
                    name = record.group(2).matches("LF_(STRUCTURE|CLASS|UNION)") && !record.group(3).contains("<") ? record.group(3) : null;
                } else if (member.find()) {
                    members.computeIfAbsent(index, any -> new ArrayList<>()).add(new String[] {member.group(1), member.group(2)});
                }
                if (name != null && list.find()) {
                    lists.put(name, list.group(1));
                }
                if (name != null && size.find() && lists.containsKey(name) && sizes.put(name, size.group(1)) != null) {
                    twice.add(name);
                }
            }
            for (Map.Entry<String, String> entry : sizes.entrySet()) {
                if (twice.contains(entry.getKey())) {
                    continue;   // two translation units mean different things by one name
                }
                StructLayout ours = table.get(entry.getKey());
                assertThat(ours.size()).as(pdb + " " + entry.getKey()).isEqualTo(Integer.parseInt(entry.getValue()));
                structures++;
                for (String[] member : members.getOrDefault(lists.get(entry.getKey()), List.of())) {
                    assertThat(ours.offset(member[0])).as(pdb + " " + entry.getKey() + "." + member[0]).isEqualTo(Integer.parseInt(member[1]));
                    fields++;
                }
            }
        }
        assertThat(structures).isGreaterThan(1000);
        assertThat(fields).isGreaterThan(5000);
    }

    @Test
    void publicSymbolsStandWhereLlvmPrintsThem() throws Exception {
        int symbols = 0;
        for (Path pdb : pdbs) {
            SymbolTable table = PdbReader.read(pdb);
            List<Long> sections = new ArrayList<>();
            Matcher address = Pattern.compile("([0-9A-F]+) virtual address").matcher(Tool.run("llvm-pdbutil", "dump", "-section-headers", pdb.toString()));
            while (address.find()) {
                sections.add(Long.parseLong(address.group(1), 16));
            }
            String name = null;
            for (String line : Tool.run("llvm-pdbutil", "dump", "-publics", pdb.toString()).split("\n")) {
                Matcher symbol = PUBLIC.matcher(line);
                Matcher place = PLACE.matcher(line);
                if (symbol.find()) {
                    name = symbol.group(1);
                } else if (name != null && place.find()) {
                    int section = Integer.parseInt(place.group(1));
                    if (section >= 1 && section <= sections.size()) {   // others are absolute numbers
                        assertThat(table.offset(name)).as(pdb + " " + name).hasValue(sections.get(section - 1) + Long.parseLong(place.group(2)));
                        symbols++;
                    }
                    name = null;
                }
            }
            assertThat(PdbReader.read(pdb).identity().guid()).isEqualTo(guid(pdb));
        }
        assertThat(symbols).isGreaterThan(10_000);
    }

    private static String guid(Path pdb) {
        Matcher guid = Pattern.compile("GUID: \\{([0-9A-F-]+)\\}").matcher(Tool.run("llvm-pdbutil", "dump", "-summary", pdb.toString()));
        assertThat(guid.find()).isTrue();
        return guid.group(1).replace("-", "");
    }
}
