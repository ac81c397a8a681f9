package org.poolscope.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** {@code poolscope dfs}: questions about DFS referrals. */
@Command(name = "dfs", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "DFS referrals: audit them, follow them, test a server, be one.",
        subcommands = {DfsAuditCommand.class, DfsResolveCommand.class, DfsProbeCommand.class, DfsServeCommand.class, HelpCommand.class})
final class DfsCommand {
}
