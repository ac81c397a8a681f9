package org.poolscope.logs.counter;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.Fact;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;

/** No bytes make the readers of counters fail in any other way than they may, or run without end. */
class CountersFuzzTest {

    @FuzzTest(maxDuration = "30s")
    void counterLog(byte[] data) throws IOException {
        read(new CounterLogReader(), data);
    }

    @FuzzTest(maxDuration = "30s")
    void getCounter(byte[] data) throws IOException {
        read(new GetCounterReader(), data);
    }

    @FuzzTest(maxDuration = "30s")
    void binaryLog(byte[] data) throws IOException {
        read(new BinaryCounterLogReader(), data);
    }

    private static void read(EvidenceReader reader, byte[] data) throws IOException {
        Path file = Files.createTempFile("fuzz", ".csv");
        try {
            Files.write(file, data);
            EvidenceFile evidence = EvidenceFile.open(file);
            if (reader.recognises(evidence)) {
                reader.read(evidence, Nothing.TAKEN);
            }
        } catch (EvidenceException e) {
            // what a reader may say of what it cannot read
        } finally {
            Files.delete(file);
        }
    }

    private enum Nothing implements FactSink {
        TAKEN;

        @Override
        public void add(Fact fact) {
            // nobody wants it
        }

        @Override
        public void understood(int line) {
            // nobody counts
        }

        @Override
        public void warn(Provenance where, String message) {
            // nobody listens
        }
    }
}
