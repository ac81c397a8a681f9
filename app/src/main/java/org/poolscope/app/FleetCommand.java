package org.poolscope.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** {@code poolscope fleet}: questions about many machines. */
@Command(name = "fleet", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Many machines, months of samples: which leak what, what sets them apart, until when they last.",
        description = {"Evidence is taken into a data set of Parquet files once; all questions are asked of that."},
        footer = {"", "Examples:", "  poolscope fleet ingest machines/ -o fleet.data", "  poolscope fleet leaks fleet.data",
            "  poolscope fleet outliers fleet.data"},
        subcommands = {FleetIngestCommand.class, FleetLeaksCommand.class, FleetOutliersCommand.class, FleetForecastCommand.class,
            FleetExportCommand.class, FleetDiagnoseCommand.class, HelpCommand.class})
final class FleetCommand {
}
