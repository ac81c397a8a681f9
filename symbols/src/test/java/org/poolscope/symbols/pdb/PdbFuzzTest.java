package org.poolscope.symbols.pdb;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import org.poolscope.symbols.SymbolTable;

/** Any changes to a sound PDB file: it is read, or refused with the place, and nothing else. */
class PdbFuzzTest {

    private static byte[] sound;

    @FuzzTest(maxDuration = "20s")
    void changedPdbFiles(FuzzedDataProvider data) throws IOException {
        byte[] file = sound().clone();
        while (data.remainingBytes() >= 5) {
            int at = data.consumeInt(0, file.length - Integer.BYTES);
            int value = data.consumeInt();
            for (int i = 0; i < Integer.BYTES; i++) {
                file[at + i] = (byte) (value >>> 8 * i);
            }
        }
        try {
            exercise(PdbReader.read(file, "shapes.pdb"));
        } catch (IllegalArgumentException expected) {
            assert expected.getMessage() != null;
        }
    }

    private static void exercise(SymbolTable table) {
        for (String type : table.typeNames()) {
            table.find(type).orElseThrow().fields().forEach(field -> table.get(type).find(field.name() + ".A"));
        }
        table.forEachSymbol((name, rva, length, code) -> table.nearest(rva));
    }

    private static synchronized byte[] sound() throws IOException {
        if (sound == null) {
            sound = Files.readAllBytes(CompiledShapes.pdb("x86_64"));
        }
        return sound;
    }
}
