package org.poolscope.app;

import java.io.BufferedWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.poolscope.fleet.FleetEngine;
import org.poolscope.fleet.FleetExport;
import org.poolscope.fleet.FleetLeaks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code poolscope fleet export}: the fleet for other programs. */
@Command(name = "export", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Hand the fleet to other programs: metrics for Prometheus, or all samples as CSV.",
        footer = {"", "Examples:", "  poolscope fleet export fleet.data --as prometheus -o poolscope.prom",
            "  poolscope fleet export fleet.data --as csv | gzip > samples.csv.gz"})
final class FleetExportCommand implements Callable<Integer> {

    /** What to write. */
    enum Form {
        prometheus,
        csv
    }

    @Mixin
    private FleetDataset dataset;

    @Option(names = "--as", paramLabel = "FORM", required = true, description = "One of: ${COMPLETION-CANDIDATES}.")
    private Form form;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "Where to write it (default: standard output).")
    private Path file;

    @Option(names = "--least", paramLabel = "BYTES", defaultValue = "1048576",
            description = "Leave out leaks that grew by less (default: ${DEFAULT-VALUE}).")
    private long least;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        WritableFile.check(file);
        try (FleetEngine engine = dataset.open()) {
            if (file == null) {
                Writer out = ((Poolscope) command.root().userObject()).out();
                write(engine, out);
                out.flush();
            } else {
                try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
                    write(engine, out);
                }
            }
        }
        return 0;
    }

    private void write(FleetEngine engine, Writer out) throws Exception {
        if (form == Form.csv) {
            FleetExport.csv(engine, out);
        } else {
            FleetExport.prometheus(engine, FleetLeaks.find(engine, least), out);
        }
    }
}
