package org.poolscope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What the commands say of themselves. */
class HelpTest {

    /** Every command there is, by its full name; those that only hold others are left out. */
    static Stream<String> commands() {
        List<String> names = new ArrayList<>();
        collect(Poolscope.commandLine(new StringWriter()), names);
        return names.stream();
    }

    private static void collect(CommandLine line, List<String> names) {
        if (line.getSubcommands().isEmpty()) {
            if (!line.getCommandName().equals("help")) {
                names.add(line.getCommandSpec().qualifiedName());
            }
        }
        line.getSubcommands().values().forEach(below -> collect(below, names));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandsHelpHasExamplesOfItself(String command) {
        String[] words = (command + " --help").replaceFirst("poolscope ", "").split(" ");
        CommandRun run = CommandRun.of((Object[]) words);
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("Usage: " + command);
        String examples = run.out().substring(Math.max(0, run.out().lastIndexOf("Example")));
        assertThat(examples).as("examples in --help").startsWith("Example").containsPattern("\\R  (\\./)?(source <\\()?" + command);
    }

    @Test
    void eachCommandIsTheSameAloneAndAmongAll() {
        for (String name : CommandList.names()) {
            CommandRun alone = CommandRun.of(name, "--help");
            assertThat(alone.out()).as(name).contains("poolscope " + name).isEqualTo(CommandRun.of("help", name).out());
        }
    }

    @Test
    void everyCommandHasAPage(@TempDir Path folder) throws Exception {
        assertThat(CommandRun.of("pages", "-o", folder).status()).isZero();
        String index = Files.readString(folder.resolve("README.md"));
        List<String> commands = commands().toList();
        assertThat(commands).hasSizeGreaterThan(35).contains("poolscope diagnose", "poolscope dfs serve", "poolscope fleet ingest", "poolscope package");
        for (String command : commands) {
            String page = command.replace(' ', '-') + ".md";
            assertThat(Files.readString(folder.resolve(page))).contains("# " + command, "Usage: " + command, "Example");
            assertThat(index).contains("(" + page + ")");
        }
    }

    @Test
    void theReadmeNamesEveryCommand() throws Exception {
        String table = Files.readString(Path.of("../README.md")).split("## Commands")[1].split("\n## ")[0];
        assertThat(commands()).allSatisfy(command -> assertThat(table).containsPattern("`[^`\n]*\\b" + command.substring(command.lastIndexOf(' ') + 1) + "\\b"));
    }

    /** Every example in the help of the commands, the README and the guides is a command line that is understood. */
    @Test
    void examplesAreUnderstood() throws Exception {
        List<String> lines = new ArrayList<>();
        footers(Poolscope.commandLine(new StringWriter()), lines);
        for (String guide : List.of("../README.md", "../docs/guide.md", "../docs/collecting.md", "../docs/coverage.md")) {
            lines.addAll(Files.readAllLines(Path.of(guide)));
        }
        List<String> examples = lines.stream().filter(line -> line.matches(" {2,6}(\\./)?poolscope [a-z].*")).map(HelpTest::command).toList();
        assertThat(examples).hasSizeGreaterThan(80);
        assertThat(examples).allSatisfy(example -> {
            String[] words = words(example);
            if (!List.of(words).contains("FOLDER-OR-FILES")) {
                Poolscope.commandLine(new StringWriter()).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(words);
            }
        });
    }

    /** The lines behind the options, before they are fitted to a terminal. */
    private static void footers(CommandLine line, List<String> lines) {
        lines.addAll(List.of(line.getCommandSpec().usageMessage().footer()));
        line.getSubcommands().values().forEach(below -> footers(below, lines));
    }

    /** Without what a shell, or a reader, has behind it. */
    private static String command(String line) {
        return line.strip().replaceFirst("^(\\./)?poolscope ", "").replaceFirst("(   +.*| +[>|;&#] ?.*)$", "").strip();
    }

    /** As a shell splits them: blanks between single quotes do not part. */
    private static String[] words(String line) {
        List<String> words = new ArrayList<>();
        Matcher word = Pattern.compile("(?:'[^']*'|\\S)+").matcher(line);
        while (word.find()) {
            words.add(word.group().replace("'", ""));
        }
        return words.toArray(String[]::new);
    }
}
