package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script of {@code poolscope completion} in the shells it is for. */
class ShellCompletionTest {

    @TempDir
    private Path folder;
    private Path script;

    @BeforeEach
    void write() throws Exception {
        script = Files.writeString(folder.resolve("completion"), CommandRun.of("completion").out());
    }

    /** What a shell program prints; it is ended when it takes too long. */
    private String run(String... command) throws Exception {
        Path out = folder.resolve("out");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("ZDOTDIR", folder.toString());
        builder.environment().put("TERM", "dumb");
        Process shell = builder.start();
        try {
            assertThat(shell.waitFor(60, TimeUnit.SECONDS)).as("the shell ends").isTrue();
        } finally {
            shell.descendants().forEach(ProcessHandle::destroyForcibly);
            shell.destroyForcibly();
        }
        return Files.readString(out, StandardCharsets.ISO_8859_1);
    }

    /**
     * At the prompt of an interactive shell on a terminal of its own, which zsh has the means to make: the Tab key is pressed, and the
     * line as it then stands is printed.
     */
    @ParameterizedTest
    @ValueSource(strings = {"bash --norc -i", "zsh -f -i"})
    void commandsAndOptionsAreCompleted(String shell) throws Exception {
        Assumptions.assumeTrue(Stream.of("/usr/bin/zsh", "/bin/zsh").map(Path::of).anyMatch(Files::isExecutable),
                "no zsh on this machine: install the package zsh to test completion");
        Path typist = Files.writeString(folder.resolve("typist.zsh"), """
                zmodload zsh/zpty
                zpty shell $2
                zpty -w shell "PS1='> '; source $1; echo rea''dy"
                zpty -r shell answer '*ready*'
                for line in 'poolscope diagn' 'poolscope tags look' 'poolscope diagnose --ht' 'poolscope poolused --sort nonp'; do
                  zpty -w -n shell "$line"$'\t\x01echo "[\x05]"\n'
                  zpty -r shell answer $'*\n(\e\\[?2004l\r)#\\[*\\]\r\n*'
                  print -r -- "$answer"
                done
                zpty -d shell
                """);
        String out = run("zsh", "-f", "-o", "extendedglob", typist.toString(), script.toString(), shell);
        assertThat(out.replaceAll("\u001b\\[[?0-9;]*[a-z]|\r", "").lines().filter(line -> line.matches("\\[poolscope .*]"))
                .map(line -> line.replaceAll(" *]$", "]")))
                .containsExactly("[poolscope diagnose]", "[poolscope tags lookup]", "[poolscope diagnose --html]", "[poolscope poolused --sort nonpaged]");
    }
}
