package org.poolscope.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code poolscope pages}: the manual, a page for each command, from what the commands say of themselves. */
@Command(name = "pages", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Write the manual: a page for each command.",
        footer = {"", "Example:", "  poolscope pages -o manual"})
final class PagesCommand implements Callable<Integer> {

    private static final int WIDTH = 100;

    @Option(names = "-o", paramLabel = "DIR", required = true, description = "The folder to write the pages to; made when it is not there.")
    private Path folder;

    @Mixin
    private Output output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        Files.createDirectories(folder);
        List<String> index = new ArrayList<>(List.of("# Poolscope's commands", ""));
        write(command.root().commandLine(), index);
        Files.writeString(folder.resolve("README.md"), String.join("\n", index) + "\n");
        if (output.isJson()) {
            output.document(json -> json.writeNumberField("pages", index.size() - 2));
        } else {
            output.line((index.size() - 2) + " pages in " + folder);
            output.flush();
        }
        return 0;
    }

    private void write(CommandLine line, List<String> index) throws IOException {
        CommandSpec spec = line.getCommandSpec();
        if (spec.usageMessage().hidden() || spec.name().equals("help")) {
            return;
        }
        String name = spec.qualifiedName();
        String file = name.replace(' ', '-') + ".md";
        spec.usageMessage().autoWidth(false).width(WIDTH);
        String header = String.join(" ", spec.usageMessage().header());
        Files.writeString(folder.resolve(file), "# " + name + "\n\n" + header + "\n\n```\n" + line.getUsageMessage(Ansi.OFF).stripTrailing() + "\n```\n");
        index.add("* [`" + name + "`](" + file + "): " + header);
        for (Map.Entry<String, CommandLine> below : line.getSubcommands().entrySet()) {
            if (below.getKey().equals(below.getValue().getCommandName())) {
                write(below.getValue(), index);
            }
        }
    }
}
