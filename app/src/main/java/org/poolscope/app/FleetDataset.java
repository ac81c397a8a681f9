package org.poolscope.app;

import java.nio.file.Path;
import java.util.Iterator;
import org.poolscope.fleet.FleetEngine;
import org.poolscope.fleet.FleetEngines;
import org.poolscope.fleet.FleetException;
import org.poolscope.fleet.FleetStore;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The data set a question is asked of, and the engine that answers. Mixed into the fleet's commands. */
final class FleetDataset {

    /** Names the engines in the help text and in shell completion. */
    static final class EngineNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return FleetEngines.names().iterator();
        }
    }

    @Parameters(index = "0", paramLabel = "DATASET", description = "The data set that fleet ingest made.")
    private Path root;

    @Option(names = "--engine", paramLabel = "NAME", defaultValue = "duckdb", completionCandidates = EngineNames.class,
            description = "What answers: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private String engine;

    @Option(names = "--master", paramLabel = "URL", defaultValue = "local[*]",
            description = "Where Spark runs, for instance local[2], spark://HOST:7077 or yarn (default: ${DEFAULT-VALUE}).")
    private String master;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    Path root() {
        return root;
    }

    FleetEngine open() throws FleetException {
        if (!FleetEngines.names().contains(engine)) {
            throw new ParameterException(command.commandLine(), "no engine named '" + engine + "'; there are: "
                    + String.join(", ", FleetEngines.names()));
        }
        return FleetEngines.open(FleetStore.open(root), engine, master);
    }
}
