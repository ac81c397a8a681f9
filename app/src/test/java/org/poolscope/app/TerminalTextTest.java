package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.poolscope.lab.LabCase;
import org.poolscope.lab.LabCases;
import org.poolscope.lab.LabOptions;
import org.poolscope.model.RealEvidence;

/** How the main command fits a terminal: width, order and colours. */
class TerminalTextTest {

    private static final Pattern TITLE = Pattern.compile("(?m)^\\d+\\. (?:CRITICAL|WARNING|NOTE)  ");

    @TempDir
    private Path folder;

    static Stream<String> labCases() {
        return LabCases.all().stream().map(LabCase::name);
    }

    static Stream<String> realEvidence() {
        return Stream.of("cases/photo-upload", "cases/io-leak", "debugger", "poolmon", "events", "evtx", "dfs", "tags",
                "dumps/triage-19041-x64-bugcheck-7e.dmp", "dumps/triage-19041-x64-with-pool-totals.dmp", "dumps/triage-22000-arm64-bugcheck-1c8.dmp");
    }

    @ParameterizedTest
    @MethodSource("labCases")
    void practiceCasesFitAndStandInTheOrderOfTheReport(String name) throws Exception {
        Path evidence = folder.resolve(name);
        LabCases.find(name).orElseThrow().write(evidence, LabOptions.scale(0.01));
        fits(evidence);
    }

    @ParameterizedTest
    @MethodSource("realEvidence")
    void realEvidenceFits(String place) throws Exception {
        fits(RealEvidence.path(place));
    }

    private void fits(Path evidence) throws Exception {
        Path html = folder.resolve("report.html");
        CommandRun run = CommandRun.of("diagnose", evidence, "--html", html);
        assertThat(run.out().lines()).allMatch(line -> line.length() <= 100 || isCommand(line));
        assertThat(run.out()).doesNotContain("\u001b");
        if (run.status() == 3) {
            assertThat(run.out()).isEmpty();
            return;
        }
        assertThat(run.out()).startsWith("VERDICT  ");
        assertThat(run.out().lastIndexOf("\nLooked at")).isGreaterThan(run.out().lastIndexOf("\n   Confidence:"));
        List<String> text = new ArrayList<>();
        TITLE.matcher(run.out()).results().forEach(found -> text.add(oneLine(run.out().substring(found.end()))));
        String page = Files.readString(html);
        JsonNode data = new ObjectMapper().readTree(page.substring(page.indexOf('>', page.indexOf("id=\"case\"")) + 1).split("</script>")[0]);
        List<String> titles = data.path("findings").findValuesAsText("title");
        assertThat(text).hasSameSizeAs(titles);
        for (int i = 0; i < titles.size(); i++) {
            assertThat(text.get(i)).startsWith(oneLine(titles.get(i)));
        }
    }

    /** A command is to be pasted as it is, however long the path of the evidence. */
    private static boolean isCommand(String line) {
        return line.startsWith("         poolscope ") || line.startsWith("          poolscope ");
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    @Test
    void coloursAreForTerminalsAndForWhoWantsThem() throws Exception {
        assertThat(inAProcess(Map.of(), "-Dpoolscope.stdout=terminal")).contains("\u001b[1;31mVERDICT");
        assertThat(inAProcess(Map.of("NO_COLOR", "1"), "-Dpoolscope.stdout=terminal")).startsWith("VERDICT").doesNotContain("\u001b");
        assertThat(inAProcess(Map.of("NO_COLOR", ""), "-Dpoolscope.stdout=terminal")).contains("\u001b[1;31mVERDICT");
        assertThat(inAProcess(Map.of(), "-Dpoolscope.stdout=file")).startsWith("VERDICT").doesNotContain("\u001b");
    }

    @Test
    void commandsBeginAsTheProgramWasCalled() throws Exception {
        String called = "-Dpoolscope.command=../bin/poolscope";
        String evidence = folder.resolve("case").toString();
        assertThat(inAProcess(Map.of(), called, "lab", "io-leak", "-o", evidence, "--scale", "0.005")).contains("Diagnose it: ../bin/poolscope diagnose ");
        assertThat(inAProcess(Map.of(), called, "diagnose", evidence)).contains("\n         ../bin/poolscope profile ")
                .doesNotContain(" poolscope ");
        assertThat(inAProcess(Map.of(), called, "demo", "--help")).contains("\n  ../bin/poolscope demo\n").doesNotContain("\n  poolscope");
    }

    private String inAProcess(Map<String, String> environment, String option) throws Exception {
        return inAProcess(environment, option, "diagnose", RealEvidence.path("cases/photo-upload").toString());
    }

    /** What a process of its own prints: colours depend on its environment, and commands on how it was called. */
    private String inAProcess(Map<String, String> environment, String option, String... arguments) throws Exception {
        Path out = folder.resolve("out");
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED", option, "-cp", System.getProperty("java.class.path"), "org.poolscope.app.Poolscope"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().remove("NO_COLOR");
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(out);
    }
}
