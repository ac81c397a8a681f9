package org.poolscope.app;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;

/**
 * The commands, in the order in which help lists them. Only the one that is called is looked at: to read the options of all takes longer
 * than most commands.
 */
final class CommandList {

    private record Entry(String name, Class<?> command) {
    }

    private static final List<Entry> ALL = List.of(
            new Entry("diagnose", DiagnoseCommand.class),
            new Entry("info", InfoCommand.class),
            new Entry("symbols", SymbolsCommand.class),
            new Entry("vm", VmCommand.class),
            new Entry("modules", ModulesCommand.class),
            new Entry("poolused", PoolUsedCommand.class),
            new Entry("blocks", BlocksCommand.class),
            new Entry("refs", RefsCommand.class),
            new Entry("leaks", LeaksCommand.class),
            new Entry("profile", ProfileCommand.class),
            new Entry("pool", PoolCommand.class),
            new Entry("processes", ProcessesCommand.class),
            new Entry("handles", HandlesCommand.class),
            new Entry("drivers", DriversCommand.class),
            new Entry("devices", DevicesCommand.class),
            new Entry("irps", IrpsCommand.class),
            new Entry("verifier", VerifierCommand.class),
            new Entry("tags", TagsCommand.class),
            new Entry("callsites", CallsitesCommand.class),
            new Entry("retag", RetagCommand.class),
            new Entry("trend", TrendCommand.class),
            new Entry("watch", WatchCommand.class),
            new Entry("dfs", DfsCommand.class),
            new Entry("fleet", FleetCommand.class),
            new Entry("lab", LabCommand.class),
            new Entry("demo", DemoCommand.class),
            new Entry("ui", UiCommand.class),
            new Entry("completion", CompletionCommand.class),
            new Entry("pages", PagesCommand.class),
            new Entry("package", PackageCommand.class),
            new Entry("help", HelpCommand.class));

    private CommandList() {
    }

    /** Adds the command that the first argument names; all of them when it names none, since then they are listed or suggested. */
    static void addTo(CommandLine line, String... arguments) {
        for (Entry each : ALL) {
            if (arguments.length > 0 && each.name.equals(arguments[0]) && !isAboutOthers(each.command)) {
                line.addSubcommand(each.command);
                return;
            }
        }
        ALL.forEach(each -> line.addSubcommand(each.command));
    }

    /** The names of all commands. */
    static List<String> names() {
        return ALL.stream().map(Entry::name).toList();
    }

    private static boolean isAboutOthers(Class<?> command) {
        return command == HelpCommand.class || command == CompletionCommand.class || command == PagesCommand.class;
    }
}
