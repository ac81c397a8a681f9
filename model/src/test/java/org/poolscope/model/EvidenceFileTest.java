package org.poolscope.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceFileTest {

    @TempDir
    Path folder;

    @Test
    void readsTextInEveryEncodingTheToolsWrite() throws Exception {
        String text = "Tag Größe\r\nMup  1\n\nlast";
        for (Charset charset : new Charset[] {StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE,
            Charset.forName("windows-1252")}) {
            Path file = folder.resolve(charset.name());
            Files.write(file, text.getBytes(charset));
            TextLines lines = EvidenceFile.open(file).text().orElseThrow();
            assertThat(lines.all()).as(charset.name()).containsExactly("Tag Größe", "Mup  1", "", "last");
            assertThat(lines.charset()).isEqualTo(charset);
        }
    }

    @Test
    void byteOrderMarksAndOldEndMarksAreNotText() throws Exception {
        Path file = folder.resolve("marked.txt");
        Files.write(file, "\ufeffone\r\ntwo\u001a".getBytes(StandardCharsets.UTF_16LE));
        assertThat(EvidenceFile.open(file).text().orElseThrow().all()).containsExactly("one", "two");
    }

    @Test
    void quotesTheBeginningOfALongLine() throws Exception {
        Path file = folder.resolve("long.txt");
        Files.writeString(file, "short \n  " + "x".repeat(100_000));
        TextLines lines = EvidenceFile.open(file).text().orElseThrow();
        assertThat(lines.at(1).text()).isEqualTo("short");
        assertThat(lines.at(2).text()).isEqualTo("x".repeat(400) + " …");
    }

    @Test
    void binaryIsNotText() throws Exception {
        Path file = folder.resolve("binary.txt");
        Files.write(file, new byte[] {'P', 'A', 'G', 'E', 'D', 'U', 'M', 'P', 15, 0, 0, 0});
        EvidenceFile evidence = EvidenceFile.open(file);
        assertThat(evidence.text()).isEmpty();
        assertThat(evidence.hasAt(4, (byte) 'D', (byte) 'U')).isTrue();
        assertThat(evidence.hasAt(11, (byte) 0, (byte) 0)).isFalse();
    }

    @Test
    void saysWhatIsWrongWithAFileThatCannotBeRead() throws IOException {
        assertThatThrownBy(() -> EvidenceFile.open(folder)).isInstanceOf(EvidenceException.class).hasMessageContaining("directory");
        assertThatThrownBy(() -> EvidenceFile.open(folder.resolve("none"))).hasMessageContaining("no such file");
        Path empty = Files.createFile(folder.resolve("empty.dmp"));
        assertThatThrownBy(() -> EvidenceFile.open(empty)).hasMessageContaining("empty");
    }
}
