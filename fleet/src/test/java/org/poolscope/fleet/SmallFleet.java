package org.poolscope.fleet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.poolscope.lab.FleetCase;
import org.poolscope.lab.FleetOptions;
import org.poolscope.model.Progress;

/** A practice fleet small enough for tests: 24 machines, 3 of which leak, 20 days. */
final class SmallFleet {

    static final int MACHINES = 24;
    static final int LEAKING = 3;
    static final int TAGS = 30;
    static final int SAMPLES = 80;

    private SmallFleet() {
    }

    /** Makes the evidence; the truth lies beside it. */
    static Path evidence(Path folder) throws IOException {
        Path machines = folder.resolve("machines");
        FleetCase.write(machines, new FleetOptions(MACHINES, LEAKING, 20, 4, TAGS, 7, Progress.NONE));
        return machines;
    }

    static IngestReport ingest(Path evidence, Path data) throws FleetException {
        try (FleetStore store = FleetStore.openToWrite(data)) {
            return FleetIngest.run(List.of(evidence), store, MachineNames.fromPaths(), 2, Progress.NONE);
        }
    }
}
