package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.Tool;

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

    /** As bash does when the Tab key is pressed, but for {@code compopt}, which it allows at a prompt only. */
    @Test
    void bashCompletesCommandsAndOptions() throws Exception {
        String out = run("bash", "--norc", "-c", "source '" + script + "'; compopt() { :; }; complete_line() { COMP_LINE=\"$*\"; "
                + "COMP_POINT=${#COMP_LINE}; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _complete_poolscope; echo \"[${COMPREPLY[*]}]\"; }; "
                + "complete_line poolscope diagn; complete_line poolscope tags look; complete_line poolscope diagnose --ht; "
                + "complete_line poolscope poolused --sort nonp; complete -p poolscope");
        assertThat(out.lines().map(String::strip)).containsExactly("[diagnose]", "[lookup]", "[--html]", "[nonpaged]",
                "complete -o default -F _complete_poolscope poolscope");
    }

    /** At the prompt of an interactive zsh on a terminal of its own: the Tab key is pressed, and the line as it then stands is printed. */
    @Test
    void zshCompletesCommandsAndOptions() throws Exception {
        Tool.need("zsh", "zsh");
        Path typist = Files.writeString(folder.resolve("typist.zsh"), """
                setopt extendedglob
                zmodload zsh/zpty
                zpty shell 'zsh -f -i'
                zpty -w shell "PS1='ne''xt> '; source $1; echo rea''dy"
                zpty -r shell answer '*ready*next> *'
                for line in 'poolscope diagn' 'poolscope tags look' 'poolscope diagnose --ht' 'poolscope poolused --sort nonp'; do
                  zpty -w -n shell "$line"$'\\t\\x01echo "[\\x05]"\\n'
                  zpty -r shell answer $'*\\n[^\\n]#\\\\[poolscope*\\\\]\\r\\n*next> *'
                  print -r -- "$answer"
                done
                zpty -d shell
                """);
        String out = run("zsh", "-f", typist.toString(), script.toString());
        assertThat(out.replaceAll("\\x1b\\[[?0-9;]*[a-z]|\r", "").lines().filter(line -> line.matches("\\[poolscope .*]"))
                .map(line -> line.replaceAll(" *]$", "]")))
                .as(out).containsExactly("[poolscope diagnose]", "[poolscope tags lookup]", "[poolscope diagnose --html]", "[poolscope poolused --sort nonpaged]");
    }
}
