package org.poolscope.symbols.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.Tool;

/** Cabinets that another program packed. */
class CabinetTest {

    @TempDir
    Path folder;

    private Path cabinet(byte[] content, String... options) throws IOException {
        Tool.need("gcab", "gcab");
        Path plain = Files.write(folder.resolve("content.bin"), content);
        Path cabinet = folder.resolve("content.bi_");
        Files.deleteIfExists(cabinet);
        String[] command = {"gcab", "--create", "--nopath", cabinet.toString(), plain.toString()};
        String[] all = Arrays.copyOf(command, command.length + options.length);
        System.arraycopy(options, 0, all, command.length, options.length);
        Tool.run(all);
        return cabinet;
    }

    /** Repeats itself at distances beyond a block, so that blocks need the one before. */
    private static byte[] content() {
        byte[] content = new byte[300_001];
        Random dice = new Random(4);
        for (int i = 0; i < content.length; i++) {
            content[i] = i < 30_000 || i % 7 == 0 ? (byte) dice.nextInt(40) : content[i - 29_000];
        }
        return content;
    }

    @Test
    void packedAndStoredBlocksAreUnpacked() throws Exception {
        for (String option : new String[] {"--zip", "--nopath"}) {
            Path out = folder.resolve("out");
            Cabinet.unpack(cabinet(content(), option), out);
            assertThat(out).hasBinaryContent(content());
        }
    }

    @Test
    void damageIsNamed() throws Exception {
        byte[] sound = Files.readAllBytes(cabinet(content(), "--zip"));
        Path damaged = folder.resolve("damaged");
        for (int at = 4; at < sound.length; at += 997) {
            byte[] bytes = sound.clone();
            bytes[at] ^= 0x10;
            Files.write(damaged, bytes);
            Path out = folder.resolve("out");
            try {
                Cabinet.unpack(damaged, out);
            } catch (IOException expected) {
                assertThat(expected).hasMessageContaining("cabinet");
                continue;
            }
            assertThat(out).as("byte %d is not covered by a checksum", at).hasBinaryContent(content());
        }
        Files.write(damaged, Arrays.copyOf(sound, sound.length / 2));
        assertThatThrownBy(() -> Cabinet.unpack(damaged, folder.resolve("out"))).isInstanceOf(IOException.class);
    }

    @FuzzTest(maxDuration = "10s")
    void anyBytes(byte[] data) throws IOException {
        Path file = Files.createTempFile("poolscope", ".cab");
        Path out = Files.createTempFile("poolscope", ".out");
        byte[] bytes = new byte[data.length + 4];
        System.arraycopy(new byte[] {'M', 'S', 'C', 'F'}, 0, bytes, 0, 4);
        System.arraycopy(data, 0, bytes, 4, data.length);
        try {
            Files.write(file, bytes);
            Cabinet.unpack(file, out);
        } catch (IOException expected) {
            assert expected.getMessage() != null;
        } finally {
            Files.delete(file);
            Files.delete(out);
        }
    }
}
