package org.poolscope.logs.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;

class BinaryCounterLogTest {

    @TempDir
    private Path folder;

    private EvidenceFile trace(int bufferSize, int marker, int repeated) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0, bufferSize).putInt(0x48, marker).putInt(0x68, repeated);
        return EvidenceFile.open(Files.write(folder.resolve("server.txt"), bytes.array()));
    }

    @Test
    void isKnownByItsContentAndSaysHowToMakeTextOfIt() throws Exception {
        BinaryCounterLogReader reader = new BinaryCounterLogReader();
        EvidenceFile log = trace(0x10000, 0xc0020002, 0x10000);
        assertThat(reader.recognises(log)).isTrue();
        assertThatThrownBy(() -> reader.read(log, null)).isInstanceOf(EvidenceException.class)
                .hasMessageContaining("relog \"server.txt\" -f csv -o counters.csv");
        assertThat(reader.recognises(trace(0x4000, 0xc0010001, 0x4000))).isTrue();
    }

    @Test
    void otherBinaryFilesAreNotTakenForOne() throws Exception {
        BinaryCounterLogReader reader = new BinaryCounterLogReader();
        assertThat(reader.recognises(trace(0x10000, 0xc0020002, 0x20000))).isFalse();
        assertThat(reader.recognises(trace(0x10000, 0x00020002, 0x10000))).isFalse();
        assertThat(reader.recognises(trace(77, 0xc0020002, 77))).isFalse();
    }
}
