package org.poolscope.logs.evt;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.poolscope.logs.evtx.Facts;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;

/** Whatever the bytes: facts, warnings or an {@link EvidenceException}, nothing else. */
class EvtFuzzTest {

    private static final byte[] WHOLE = new EvtFile(1600)
            .event(1_166_106_406L, "Srv", 0xc00007e4, new byte[] {0, 0, 4, 0}, "a", "b")
            .event(1_166_106_407L, "EventLog", 0x80001775, new byte[0])
            .event(1_166_106_408L, "Srv", 0xc00007e3, new byte[0], "c").bytes();

    /** The bytes stand behind a whole header. */
    @FuzzTest(maxDuration = "30s")
    void ring(byte[] data) throws IOException {
        byte[] file = java.util.Arrays.copyOf(WHOLE, EvtFile.HEADER + data.length);
        System.arraycopy(data, 0, file, EvtFile.HEADER, data.length);
        read(file);
    }

    /** The bytes are written over a whole file here and there: place (16 bits) and value (8 bits) by turns. */
    @FuzzTest(maxDuration = "30s")
    void patches(byte[] data) throws IOException {
        byte[] file = WHOLE.clone();
        for (int i = 0; i + 3 <= data.length; i += 3) {
            file[(data[i] & 0xff | (data[i + 1] & 0xff) << 8) % file.length] = data[i + 2];
        }
        read(file);
    }

    private static void read(byte[] bytes) throws IOException {
        Path path = Files.createTempFile("fuzz", ".evt");
        try {
            Files.write(path, bytes);
            if (new EvtReader().recognises(EvidenceFile.open(path))) {
                Facts.of(new EvtReader(), path);
            }
        } catch (EvidenceException e) {
            // what a reader may say of what it cannot read
        } finally {
            Files.delete(path);
        }
    }
}
