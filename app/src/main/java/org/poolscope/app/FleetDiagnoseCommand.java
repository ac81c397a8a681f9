package org.poolscope.app;

import static org.poolscope.report.JsonDocument.flag;
import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.poolscope.fleet.FleetDiagnosis;
import org.poolscope.fleet.FleetEngines;
import org.poolscope.fleet.IngestReport;
import org.poolscope.fleet.MachineNames;
import org.poolscope.fleet.MachineVerdict;
import org.poolscope.report.Listing;
import org.poolscope.report.Plain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code poolscope fleet diagnose}: one verdict for each of many machines. */
@Command(name = "diagnose", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "One verdict for each of many machines.",
        description = {"Does what diagnose does for the evidence of each machine, a task a machine. Evidence that cannot be read is named, and stops",
            "none of the others. Whose a file is: as for fleet ingest."},
        footer = {"", "Examples:", "  poolscope fleet diagnose dumps/            (dumps/web-001/MEMORY.DMP, dumps/web-002/...)",
            "  poolscope fleet diagnose web-001/ web-002/", "  poolscope fleet diagnose dumps/*.dmp --format json",
            "  poolscope fleet diagnose /share/dumps --engine spark --master spark://head:7077",
            "Exit status: 0 no problem found, 1 a problem was found, 3 nothing could be read."})
final class FleetDiagnoseCommand implements Callable<Integer> {

    @Parameters(paramLabel = "EVIDENCE", arity = "1..*", description = "Files, and folders with everything below them.")
    private List<Path> evidence;

    @Option(names = "--machine-pattern", paramLabel = "REGEX", description = "Finds the machine's name in a file's path: the first group, or all of it.")
    private String pattern;

    @Option(names = "--jobs", paramLabel = "N", description = "How many machines to work on at once (default: one for each processor).")
    private int jobs = Runtime.getRuntime().availableProcessors();

    @Option(names = "--engine", paramLabel = "NAME", defaultValue = "duckdb", completionCandidates = FleetDataset.EngineNames.class,
            description = "Where it runs: duckdb stands for this process, spark for a cluster (default: ${DEFAULT-VALUE}).")
    private String engine;

    @Option(names = "--master", paramLabel = "URL", defaultValue = "local[*]", description = "Where Spark runs (default: ${DEFAULT-VALUE}).")
    private String master;

    @Mixin
    private Output output;

    @Spec
    private CommandSpec command;

    private static final Listing<MachineVerdict> VERDICTS = new Listing<>(FleetDiagnoseCommand::write)
            .text("Machine", MachineVerdict::machine)
            .text("Verdict", verdict -> verdict.failure() == null ? verdict.verdict() : "not read: " + verdict.failure());

    private static void write(MachineVerdict verdict, JsonGenerator json) throws IOException {
        text(json, "machine", verdict.machine());
        flag(json, "problem", verdict.failure() == null ? verdict.problem() : null);
        text(json, "verdict", verdict.verdict());
        json.writeArrayFieldStart("findings");
        for (MachineVerdict.Item item : verdict.findings()) {
            json.writeStartObject();
            text(json, "rule", item.rule());
            text(json, "severity", item.severity());
            text(json, "confidence", item.confidence());
            text(json, "title", item.title());
            text(json, "tag", item.tag());
            text(json, "pool", item.pool());
            text(json, "driver", item.driver());
            json.writeEndObject();
        }
        json.writeEndArray();
        text(json, "failure", verdict.failure());
    }

    @Override
    public Integer call() throws Exception {
        if (!FleetEngines.names().contains(engine)) {
            throw new ParameterException(command.commandLine(), "no engine named '" + engine + "'; there are: "
                    + String.join(", ", FleetEngines.names()));
        }
        for (Path path : evidence) {
            if (!Files.exists(path)) {
                throw new ParameterException(command.commandLine(), "no such file or folder: " + path);
            }
        }
        List<IngestReport.BadFile> bad = new ArrayList<>();
        Map<String, List<String>> machines = FleetDiagnosis.machines(evidence,
                pattern == null ? MachineNames.fromPaths() : MachineNames.matching(pattern), bad);
        PrintWriter err = command.commandLine().getErr();
        bad.forEach(file -> err.println("poolscope: " + Plain.text(file.file() + ": " + file.reason())));
        List<MachineVerdict> verdicts = new ArrayList<>();
        try (ProgressBar progress = new ProgressBar()) {
            if (engine.equals("spark")) {
                FleetDiagnosis.onSpark(machines, master, verdict -> take(verdict, verdicts, machines.size(), progress));
            } else {
                FleetDiagnosis.here(machines, jobs, verdict -> take(verdict, verdicts, machines.size(), progress));
            }
        }
        output.list(VERDICTS, verdicts.iterator());
        output.flush();
        boolean problem = verdicts.stream().anyMatch(MachineVerdict::problem);
        boolean read = verdicts.stream().anyMatch(verdict -> verdict.failure() == null);
        return problem ? 1 : read ? 0 : Poolscope.UNREADABLE;
    }

    private static void take(MachineVerdict verdict, List<MachineVerdict> verdicts, int machines, ProgressBar progress) {
        verdicts.add(verdict);
        progress.at("diagnosed " + verdict.machine(), verdicts.size(), machines);
    }
}
