package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user reads of a case with a dump, two tables and an event text: each thing once, and set against the right time. */
class HandleLeakCaseTest {

    @TempDir
    static Path folder;
    private static Path evidence;

    @BeforeAll
    static void make() {
        evidence = folder.resolve("leak");
        CommandRun made = CommandRun.of("lab", "handle-leak", "-o", evidence, "--scale", "0.02", "--build", "19041");
        assertThat(made.status()).as(made.err()).isZero();
    }

    private static String diagnose(Object... files) {
        Object[] words = new Object[files.length + 1];
        words[0] = "diagnose";
        System.arraycopy(files, 0, words, 1, files.length);
        CommandRun run = CommandRun.of(words);
        assertThat(run.status()).as(run.err()).isEqualTo(1);
        return run.out().replaceAll("\\n +", " ");
    }

    @Test
    void theTagIsToldOnceWithTheProcessThatKeepsItsBlocks() {
        assertThat(diagnose(evidence))
                .contains("WARNING  thumbsvc.exe (pid 192) has 28,000 Event handles open; their objects hold 2.6 MB, 27% of nonpaged pool")
                .contains("thumbsvc.exe leaks Event handles (28,000 open), which hold 27% of it").contains("28,140 outstanding")
                .doesNotContain("Tag 'Even' holds").doesNotContain("findstr").doesNotContain("tag 'Even' holds 27%");
    }

    @Test
    void theTablesBesidesTheImageTellHowItGrew() {
        assertThat(diagnose(evidence))
                .contains("In this run tables show 2.0 MB at 2022-02-28 07:00 (poolmon-1.txt) and 2.3 MB at 2022-03-01 07:00 (poolmon-2.txt)")
                .contains("The pool first ran empty at 2022-03-02 07:02, 17.1 days after the start").contains("only 2 tables in between")
                .doesNotContain("Take samples to see when the growth begins");
    }

    @Test
    void anEventAfterTheImageIsNotSetAgainstTheStartOfTheMachine() throws IOException {
        Path later = folder.resolve("later.txt");
        Files.writeString(later, Files.readString(evidence.resolve("event-2019.txt")).replace("3/2/2022", "3/9/2022"));
        assertThat(diagnose(evidence.resolve("MEMORY.DMP"), later))
                .contains("Event 2019 of 2022-03-09 07:02 is from after the image was taken").doesNotContain("first ran empty");
    }

    @Test
    void suggestedCommandsCanBePastedWhereTheUserIs() throws IOException {
        String steps = diagnose(evidence);
        String command = steps.substring(steps.indexOf("poolscope profile ")).lines().findFirst().orElseThrow();
        command = command.substring(0, command.indexOf("'Even'") + 6);
        assertThat(command).isEqualTo("poolscope profile " + evidence.resolve("MEMORY.DMP") + " --tag 'Even'");
        Path spaced = Files.createDirectories(folder.resolve("case one"));
        Files.copy(evidence.resolve("MEMORY.DMP"), spaced.resolve("MEMORY.DMP"));
        assertThat(diagnose(spaced)).contains("poolscope profile '" + spaced.resolve("MEMORY.DMP") + "' --tag 'Even'");
    }

    @Test
    void whyTablesAreOfNoUseIsSaid() throws IOException {
        Path earlier = folder.resolve("poolmon-earlier.txt");
        Files.writeString(earlier, Files.readString(evidence.resolve("poolmon-1.txt")).replace("2022-02-28", "2022-01-28"));
        assertThat(diagnose(evidence.resolve("MEMORY.DMP"), earlier))
                .contains("was of no use here: not taken between that start and the image").contains("Take samples to see when the growth begins");
    }
}
