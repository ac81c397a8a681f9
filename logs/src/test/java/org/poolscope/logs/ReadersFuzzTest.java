package org.poolscope.logs;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;

/** Whatever the bytes: facts, warnings or an {@link EvidenceException}, nothing else. */
class ReadersFuzzTest {

    @FuzzTest(maxDuration = "30s")
    void vm(byte[] data) throws IOException {
        read(new VmReader(), data);
    }

    @FuzzTest(maxDuration = "30s")
    void poolUsed(byte[] data) throws IOException {
        read(new PoolUsedReader(), data);
    }

    @FuzzTest(maxDuration = "30s")
    void poolMon(byte[] data) throws IOException {
        read(new PoolMonReader(), data);
    }

    @FuzzTest(maxDuration = "30s")
    void eventText(byte[] data) throws IOException {
        read(new EventTextReader(), data);
    }

    @FuzzTest(maxDuration = "30s")
    void eventXml(byte[] data) throws IOException {
        read(new EventXmlReader(), data);
    }

    @FuzzTest(maxDuration = "30s")
    void tagDatabase(byte[] data) throws IOException {
        read(new TagDatabaseReader(), data);
    }

    private static void read(EvidenceReader reader, byte[] data) throws IOException {
        Path file = Files.createTempFile("fuzz", ".txt");
        try {
            Files.write(file, data);
            EvidenceFile evidence = EvidenceFile.open(file);
            reader.recognises(evidence);
            reader.read(evidence, Ignore.ALL);
        } catch (EvidenceException e) {
            // what a reader may say of what it cannot read
        } finally {
            Files.delete(file);
        }
    }
}
