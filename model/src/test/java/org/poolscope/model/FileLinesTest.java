package org.poolscope.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines decoded block by block against the same text split as a whole. */
class FileLinesTest {

    private static final Charset WESTERN = Charset.forName("windows-1252");

    @TempDir
    private Path folder;

    /** Lines of every length, all line ends, and long runs of empty lines; over the borders of blocks and of what is read at once. */
    private static String text(long seed, int length) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            int characters = switch (random.nextInt(20)) {
                case 0 -> random.nextInt(300_000);
                case 1, 2, 3 -> 0;
                default -> random.nextInt(90);
            };
            for (int i = 0; i < characters; i++) {
                text.append(random.nextInt(40) == 0 ? 'ä' : (char) ('a' + random.nextInt(26)));
            }
            text.append(switch (random.nextInt(4)) {
                case 0 -> "\r";
                case 1 -> "\n";
                default -> "\r\n";
            });
        }
        return text.toString();
    }

    private FileLines lines(String text, Charset charset, Charset wide) throws Exception {
        Path file = folder.resolve("text");
        Files.write(file, text.getBytes(charset));
        return FileLines.of(file, wide);
    }

    @Test
    void theLinesAreThoseOfTheWholeText() throws Exception {
        String text = text(1, 3_000_000);
        for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, WESTERN)) {
            boolean wide = charset.name().startsWith("UTF-16");
            FileLines lines = lines(text, charset, wide ? charset : null);
            assertThat(lines.charset()).isEqualTo(charset);
            assertThat(lines).as(charset.name()).isEqualTo(TextLines.split(text));
        }
    }

    @Test
    void manyShortLinesMakeManyBlocks() throws Exception {
        String text = "a\r\n\r\nb\n".repeat(20_000) + "last";
        assertThat(lines(text, StandardCharsets.UTF_8, null)).isEqualTo(TextLines.split(text));
    }

    @Test
    void linesAreFoundInAnyOrder() throws Exception {
        List<String> all = TextLines.split(text(2, 4_000_000));
        FileLines lines = lines(String.join("\n", all), StandardCharsets.UTF_8, null);
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            int index = random.nextInt(all.size());
            assertThat(lines.get(index)).isEqualTo(all.get(index));
        }
    }

    @Test
    void marksAtBothEndsAreNotText() throws Exception {
        for (String text : List.of("\ufeffone\r\ntwo\u001a", "\ufeffone\ntwo\r\n\u001a\u001a", "one\ntwo\n", "one\rtwo")) {
            assertThat(lines(text, StandardCharsets.UTF_8, null)).as(text).containsExactly("one", "two");
        }
        assertThat(lines("\u001a", StandardCharsets.UTF_8, null)).isEmpty();
    }

    @Test
    void anyByteThatIsNoUtf8MakesTheFileAWesternOne() throws Exception {
        byte[] bytes = text(4, 600_000).getBytes(StandardCharsets.UTF_8);
        for (int[] bad : new int[][] {{0xff}, {0xc0, 0x80}, {0xed, 0xa0, 0x80}, {0xf5, 0x80, 0x80, 0x80}, {0xe2, 0x82}}) {
            byte[] all = new byte[bytes.length + bad.length];
            System.arraycopy(bytes, 0, all, 0, bytes.length);
            for (int i = 0; i < bad.length; i++) {
                all[bytes.length + i] = (byte) bad[i];
            }
            Path file = folder.resolve("bad");
            Files.write(file, all);
            assertThat(FileLines.of(file, null).charset()).isEqualTo(WESTERN);
            // Java's own decoder is the judge.
            assertThat(new String(all, StandardCharsets.UTF_8)).contains("\ufffd");
        }
        assertThat(lines("€ 𝄞 ÿ \u07ff \uffff", StandardCharsets.UTF_8, null).charset()).isEqualTo(StandardCharsets.UTF_8);
    }

    @Test
    void aFileThatShrinksMeanwhileIsAnErrorAndNoEndlessLoop() throws Exception {
        String text = text(5, 3_000_000);
        FileLines lines = lines(text, StandardCharsets.UTF_8, null);
        Files.write(folder.resolve("text"), new byte[100]);
        assertThatThrownBy(() -> lines.get(0)).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void longTextIsReadThroughTheSameDoor() throws Exception {
        String text = "x".repeat(79) + "\n";
        Path file = folder.resolve("long.txt");
        Files.writeString(file, text.repeat(120_000) + "end");
        TextLines lines = EvidenceFile.open(file).text().orElseThrow();
        assertThat(lines.count()).isEqualTo(120_001);
        assertThat(lines.line(120_001)).isEqualTo("end");
        assertThat(lines.at(7).at()).isEqualTo("line 7");
    }
}
