package org.poolscope.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** {@code poolscope tags}: which driver uses which tag. */
@Command(name = "tags", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Pool tags: which driver uses which?",
        subcommands = {TagsScanCommand.class, TagsLookupCommand.class, HelpCommand.class})
final class TagsCommand {
}
