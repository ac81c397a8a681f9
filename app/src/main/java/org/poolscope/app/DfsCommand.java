package org.poolscope.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** {@code poolscope dfs}: questions about DFS referrals. */
@Command(name = "dfs", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "DFS referrals: do they keep the rules?",
        subcommands = {DfsAuditCommand.class, HelpCommand.class})
final class DfsCommand {
}
