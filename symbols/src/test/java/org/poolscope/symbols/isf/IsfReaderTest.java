package org.poolscope.symbols.isf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.RealEvidence;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.SymbolTable;
import org.poolscope.symbols.UnknownLayoutException;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class IsfReaderTest {

    private static final String SMALL = """
            {"symbols": {"Data": {"address": 4096}, "Code": {"address": 8192}, "Far": {"address": 99999999999}},
             "user_types": {
               "_OUTER": {"kind": "struct", "size": 64, "fields": {
                 "Count": {"offset": 0, "type": {"kind": "bitfield", "bit_position": 4, "bit_length": 12,
                           "type": {"kind": "base", "name": "short"}}},
                 "u": {"offset": 8, "anonymous": true, "type": {"kind": "union", "name": "_INNER"}},
                 "Grid": {"offset": 16, "type": {"kind": "array", "count": 3, "subtype":
                           {"kind": "array", "count": 4, "subtype": {"kind": "enum", "name": "E"}}}},
                 "Next": {"offset": 40, "type": {"kind": "pointer", "subtype": {"kind": "struct", "name": "_OUTER"}}},
                 "Call": {"offset": 48, "type": {"kind": "pointer", "subtype": {"kind": "function"}}}}},
               "_INNER": {"kind": "union", "size": 8, "fields": {
                 "Low": {"offset": 0, "type": {"kind": "base", "name": "short"}},
                 "High": {"offset": 4, "type": {"kind": "base", "name": "short"}}}}},
             "enums": {"E": {"size": 1, "base": "char", "constants": {"A": 1}}},
             "base_types": {"short": {"size": 2}, "pointer": {"size": 8}},
             "metadata": {"format": "6.1.0", "windows": {"pdb": {"GUID": "00112233445566778899aabbccddeeff", "age": 2,
                          "database": "ntkrnlmp.pdb", "machine_type": 34404}}}}
            """;

    @TempDir
    Path folder;

    private SymbolTable read(String text) throws Exception {
        return IsfReader.read(Files.writeString(folder.resolve("table.json"), text));
    }

    @Test
    void membersMayComeInAnyOrder() throws Exception {
        SymbolTable table = read(SMALL);
        StructLayout outer = table.get("_OUTER");
        assertThat(outer.field("Count").type()).isEqualTo("u16:4+12");
        assertThat(outer.offset("High")).as("through the unnamed union").isEqualTo(12);
        assertThat(outer.field("Grid").type()).isEqualTo("u8[12]");
        assertThat(outer.field("Next").type()).isEqualTo("ptr");
        assertThat(table.identity().key()).isEqualTo("00112233445566778899AABBCCDDEEFF-2");
        assertThat(table.offset("Data")).hasValue(4096);
        assertThat(table.offset("Far")).as("outside any program").isEmpty();
        assertThat(table.nearest(8200)).hasValueSatisfying(near -> assertThat(near).hasToString("Code+0x8"));
    }

    @Test
    void aMissingFieldIsNamed() throws Exception {
        StructLayout outer = read(SMALL).get("_OUTER");
        assertThatThrownBy(() -> outer.offset("Gone")).isInstanceOf(UnknownLayoutException.class)
                .hasMessageContaining("_OUTER.Gone").hasMessageContaining("00112233445566778899AABBCCDDEEFF");
    }

    @Test
    void packedAndPlainAreOne() throws Exception {
        Path packed = folder.resolve("table.json.xz");
        try (OutputStream out = new XZOutputStream(Files.newOutputStream(packed), new LZMA2Options())) {
            out.write(SMALL.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(IsfReader.read(packed).get("_OUTER").size()).isEqualTo(64);
    }

    @Test
    void whatCannotBeIsRefusedByName() {
        assertThatThrownBy(() -> read("[]")).isInstanceOf(EvidenceException.class).hasMessageContaining("table.json");
        assertThatThrownBy(() -> read("{\"a\":")).isInstanceOf(EvidenceException.class);
        assertThatThrownBy(() -> read("{}")).hasMessageContaining("does not name the PDB");
        assertThatThrownBy(() -> read(SMALL.replace("\"short\": {\"size\": 2}, ", ""))).hasMessageContaining("short");
        assertThatThrownBy(() -> read(SMALL.replace("\"offset\": 40", "\"offset\": 65"))).hasMessageContaining("Next");
        assertThatThrownBy(() -> read(SMALL.replace("\"offset\": 40", "\"offset\": -1"))).hasMessageContaining("Next");
        assertThatThrownBy(() -> read(SMALL.replace("\"size\": 64", "\"size\": 1e99"))).isInstanceOf(EvidenceException.class);
        assertThatThrownBy(() -> read(SMALL.replace("\"bit_length\": 12", "\"bit_length\": 13"))).hasMessageContaining("Count");
    }

    @Test
    void aFileCutOffAnywhereIsRefused() throws Exception {
        byte[] whole = SMALL.strip().getBytes(StandardCharsets.UTF_8);
        Path packed = RealEvidence.path("symbols/ntkrnlmp.pdb-339E74133576439CBCDF7E0229DA3773-1.json.xz");
        byte[] real = Files.readAllBytes(packed);
        for (int i = 0; i < 60; i++) {
            Path cut = folder.resolve("cut.json");
            Files.write(cut, Arrays.copyOf(whole, whole.length * i / 60));
            assertThatThrownBy(() -> IsfReader.read(cut)).isInstanceOf(EvidenceException.class);
        }
        Path cut = folder.resolve("cut.json.xz");
        Files.write(cut, Arrays.copyOf(real, real.length - 100));
        assertThatThrownBy(() -> IsfReader.read(cut)).isInstanceOf(EvidenceException.class);
    }

    @FuzzTest(maxDuration = "20s")
    void anyBytes(byte[] data) throws IOException {
        Path file = Files.createTempFile("poolscope", ".json");
        try {
            Files.write(file, data);
            IsfReader.read(file).typeNames();
        } catch (EvidenceException expected) {
            assert expected.getMessage() != null;
        } finally {
            Files.delete(file);
        }
    }
}
