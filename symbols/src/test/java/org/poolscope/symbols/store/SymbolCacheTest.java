package org.poolscope.symbols.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.RealEvidence;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.SymbolTable;

class SymbolCacheTest {

    @TempDir
    Path folder;

    @Test
    void whatIsKeptSaysTheSameAsTheFile() throws Exception {
        Path file = RealEvidence.path("symbols/ntkrnlmp.pdb-339E74133576439CBCDF7E0229DA3773-1.json.xz");
        SymbolCache cache = new SymbolCache(folder);
        SymbolTable first = cache.read(file);
        SymbolTable second = cache.read(file);
        assertThat(second).isNotSameAs(first);
        assertThat(second.identity()).isEqualTo(first.identity());
        assertThat(second.typeNames()).isEqualTo(first.typeNames()).hasSizeGreaterThan(500);
        List<FieldLayout> kept = new ArrayList<>();
        List<FieldLayout> read = new ArrayList<>();
        first.typeNames().forEach(type -> read.addAll(first.get(type).fields()));
        second.typeNames().forEach(type -> kept.addAll(second.get(type).fields()));
        assertThat(kept).isEqualTo(read).hasSizeGreaterThan(5_000);
        List<String> symbols = new ArrayList<>();
        first.forEachSymbol((name, rva, length, code) -> symbols.add(name + rva));
        second.forEachSymbol((name, rva, length, code) -> assertThat(symbols.removeFirst()).isEqualTo(name + rva));
        assertThat(symbols).isEmpty();
    }

    @Test
    void aChangedFileIsReadAgainAndADamagedCacheToo() throws Exception {
        Path file = folder.resolve("small.json");
        SymbolCache cache = new SymbolCache(folder.resolve("cache"));
        Files.writeString(file, table(8));
        assertThat(cache.read(file).get("_THING").offset("Field")).isEqualTo(8);
        Files.writeString(file, table(12));
        assertThat(cache.read(file).get("_THING").offset("Field")).isEqualTo(12);
        try (Stream<Path> kept = Files.list(folder.resolve("cache"))) {
            for (Path one : kept.toList()) {
                byte[] bytes = Files.readAllBytes(one);
                bytes[bytes.length - 30] ^= 4;
                Files.write(one, bytes);
            }
        }
        assertThat(cache.read(file).get("_THING").offset("Field")).isEqualTo(12);
    }

    @Test
    void aFolderThatCannotBeWrittenCostsNoAnswer() throws Exception {
        Path file = Files.writeString(folder.resolve("small.json"), table(4));
        Path blocked = Files.writeString(folder.resolve("blocked"), "a file");
        assertThat(new SymbolCache(blocked.resolve("cache")).read(file).get("_THING").size()).isEqualTo(16);
        assertThat(new SymbolCache(null).read(file).get("_THING").size()).isEqualTo(16);
    }

    private static String table(int offset) {
        return """
                {"metadata": {"windows": {"pdb": {"GUID": "00112233445566778899AABBCCDDEEFF", "age": 1, "database": "nt.pdb"}}},
                 "user_types": {"_THING": {"kind": "struct", "size": 16, "fields":
                   {"Field": {"offset": %d, "type": {"kind": "base", "name": "int"}}}}},
                 "base_types": {"int": {"size": 4}}, "symbols": {}, "enums": {}}
                """.formatted(offset);
    }
}
