package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.poolscope.model.RealEvidence;

/** What the commands say of themselves, and how the main one fits a terminal. */
class HelpTest {

    @Test
    void everyCommandHasAPageWithAnExample(@TempDir Path folder) throws Exception {
        CommandRun.of("pages", "-o", folder.toString());
        try (Stream<Path> pages = Files.list(folder)) {
            for (Path page : pages.filter(path -> !path.endsWith("README.md")).toList()) {
                String text = Files.readString(page);
                assertThat(text).as(page.toString()).contains("Usage: poolscope");
                boolean hasCommands = text.contains("COMMAND");
                if (!hasCommands) {
                    assertThat(text).as(page.toString()).containsPattern("Examples?:|Exit status: 1, for the problem that is found");
                }
                assertThat(Files.readString(folder.resolve("README.md"))).contains(page.getFileName().toString());
            }
        }
    }

    @Test
    void eachCommandIsTheSameAloneAndAmongAll() {
        for (String name : CommandList.names()) {
            CommandRun alone = CommandRun.of(name, "--help");
            assertThat(alone.out()).as(name).contains("poolscope " + name).isEqualTo(CommandRun.of("help", name).out());
        }
    }

    @Test
    void bashTakesTheCompletionScriptAndCompletes(@TempDir Path folder) throws Exception {
        Path script = folder.resolve("completion");
        Files.writeString(script, CommandRun.of("completion").out());
        Process bash = new ProcessBuilder("bash", "-c", "set -e; source '" + script + "'; COMP_WORDS=(poolscope diag); COMP_CWORD=1; "
                + "COMP_LINE='poolscope diag'; COMP_POINT=14; _complete_poolscope; echo \"${COMPREPLY[@]}\"").redirectErrorStream(true).start();
        assertThat(new String(bash.getInputStream().readAllBytes())).contains("diagnose");
        assertThat(bash.waitFor()).isZero();
    }

    @Test
    void theVerdictFitsAHundredColumnsAndHasNoColoursInAPipe() throws Exception {
        String text = CommandRun.of("diagnose", RealEvidence.path("cases/photo-upload").toString()).out();
        assertThat(text.lines()).isNotEmpty().allMatch(line -> line.length() <= 100);
        assertThat(text).doesNotContain("\u001b");
        List<String> order = List.of("VERDICT", "1. CRITICAL", "Confidence:", "Seen at:", "Next:", "Looked at");
        int at = -1;
        for (String word : order) {
            assertThat(text.indexOf(word)).as(word).isGreaterThan(at);
            at = text.indexOf(word);
        }
    }
}
