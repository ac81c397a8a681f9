package org.poolscope.logs.evtx;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.FactSink;
import org.poolscope.model.Fact;
import org.poolscope.model.Provenance;

/** Whatever the bytes: records, complaints or one of the two exceptions declared, nothing else. */
class EvtxFuzzTest {

    private static final byte[] WHOLE = new EvtxFile().poolEmpty(Instant.parse("2013-05-08T02:11:12Z"), 2020)
            .poolEmpty(Instant.parse("2013-05-08T02:12:12Z"), 2019).bytes();

    /** The bytes are a chunk of an otherwise whole file. */
    @FuzzTest(maxDuration = "30s")
    void chunk(byte[] data) throws IOException {
        byte[] file = WHOLE.clone();
        System.arraycopy(data, 0, file, EvtxFile.FILE_HEADER, Math.min(data.length, EvtxFile.CHUNK));
        read(file);
    }

    /** The bytes are the markup of a record, whole in its frame; the chunk has names and templates to point to. */
    @FuzzTest(maxDuration = "30s")
    void markup(byte[] data) throws IOException {
        byte[] markup = data.length > 20_000 ? java.util.Arrays.copyOf(data, 20_000) : data;
        read(new EvtxFile().poolEmpty(Instant.parse("2013-05-08T02:11:12Z"), 2020).raw(markup).bytes());
    }

    /** The bytes are written over a whole file here and there: place (16 bits) and value (8 bits) by turns. */
    @FuzzTest(maxDuration = "30s")
    void patches(byte[] data) throws IOException {
        byte[] file = WHOLE.clone();
        for (int i = 0; i + 3 <= data.length; i += 3) {
            int at = (data[i] & 0xff | (data[i + 1] & 0xff) << 8) % 4096;
            file[EvtxFile.FILE_HEADER + at] = data[i + 2];
        }
        read(file);
    }

    private static void read(byte[] bytes) throws IOException {
        Path path = Files.createTempFile("fuzz", ".evtx");
        try {
            Files.write(path, bytes);
            EvidenceFile evidence = EvidenceFile.open(path);
            new EvtxReader().recognises(evidence);
            new EvtxReader().read(evidence, new Nobody());
            try (EvtxLog log = EvtxLog.open(path)) {
                log.visit(new EvtxLog.Visitor() {
                    @Override
                    public void record(EvtxRecord record) {
                        try {
                            record.xml();
                        } catch (DamagedRecordException e) {
                            // what a record may say of itself
                        }
                    }

                    @Override
                    public void damaged(long offset, String problem) {
                        // what a log may say of itself
                    }
                });
            }
        } catch (EvidenceException e) {
            // what a reader may say of what it cannot read
        } finally {
            Files.delete(path);
        }
    }

    private static final class Nobody implements FactSink {
        @Override
        public void add(Fact fact) {
            fact.toString();
        }

        @Override
        public void understood(int line) {
            throw new AssertionError("there are no lines");
        }

        @Override
        public void warn(Provenance where, String message) {
            message.length();
        }
    }
}
