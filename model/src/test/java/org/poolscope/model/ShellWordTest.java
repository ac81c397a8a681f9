package org.poolscope.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a shell makes of quoted words is for a shell to say. */
class ShellWordTest {

    @ParameterizedTest
    @ValueSource(strings = {"MEMORY.DMP", "case 1/MEMORY.DMP", "it's", "$HOME", "a\"b", "Io  ", "*", "a;b", "\\x00", "~", "a\\", "", "ü b"})
    @DisabledOnOs(OS.WINDOWS)
    void aUnixShellGivesTheWordBack(String word) throws IOException, InterruptedException {
        assertThat(shell("printf %s " + ShellWord.of(word, false))).isEqualTo(word);
        assertThat(shell("printf %s " + ShellWord.quoted(word, false))).isEqualTo(word);
    }

    private static String shell(String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-c", command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return out;
    }

    @Test
    void windowsShellsKnowDoubleQuotesOnly() {
        assertThat(ShellWord.of("C:\\dumps\\MEMORY.DMP", true)).isEqualTo("C:\\dumps\\MEMORY.DMP");
        assertThat(ShellWord.of("C:\\case 1\\MEMORY.DMP", true)).isEqualTo("\"C:\\case 1\\MEMORY.DMP\"");
        assertThat(ShellWord.quoted("Io  ", true)).isEqualTo("\"Io  \"");
        assertThat(ShellWord.quoted("a b\\", true)).isEqualTo("\"a b\\\\\"");
        assertThat(ShellWord.quoted("a\"b", true)).isEqualTo("\"a\\\"b\"");
        assertThat(ShellWord.of("it's", true)).isEqualTo("\"it's\"");
    }

    @Test
    void plainNamesStandAsTheyAre() {
        assertThat(ShellWord.of("../cases/MEMORY.DMP", false)).isEqualTo("../cases/MEMORY.DMP");
        assertThat(ShellWord.quoted("Even", false)).isEqualTo("'Even'");
    }
}
