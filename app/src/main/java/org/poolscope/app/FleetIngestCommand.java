package org.poolscope.app;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.poolscope.fleet.FleetIngest;
import org.poolscope.fleet.FleetStore;
import org.poolscope.fleet.IngestReport;
import org.poolscope.fleet.IngestReport.BadFile;
import org.poolscope.fleet.MachineNames;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.ProgramName;
import org.poolscope.model.Quantity;
import org.poolscope.model.ShellWord;
import org.poolscope.report.Plain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code poolscope fleet ingest}: takes evidence of many machines into a data set. */
@Command(name = "ingest", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Take evidence of many machines into a data set.",
        description = {"Takes pool tables and totals (PoolMon logs, !poolused and !vm listings, PerfMon logs, dumps) and inventories (driverquery,",
            "systeminfo, Win32_PnPSignedDriver and Get-HotFix tables, the drivers in a dump). Files that were taken in before are left",
            "out, so the same folder can be given again and again; an ingest that was stopped goes on where it was. Event logs hold no",
            "samples: they are counted, and left to diagnose."},
        footer = {"", "Whose a file is: --machine, or what --machine-pattern finds in its path, or the folder it lies in below EVIDENCE, or",
            "EVIDENCE itself when it is a folder of such files as MEMORY.DMP and poolmon-1.txt, or its name up to a date or a word such",
            "as poolmon.", "",
            "Examples:", "  poolscope fleet ingest machines/ -o fleet.data      (machines/web-001/poolmon.log, machines/web-002/...)",
            "  poolscope fleet ingest web-001/ web-002/ -o fleet.data",
            "  poolscope fleet ingest *.log -o fleet.data --machine-pattern '(web-[0-9]+)'"})
final class FleetIngestCommand implements Callable<Integer> {

    private static final int FEW = 20;

    @Parameters(paramLabel = "EVIDENCE", arity = "1..*", description = "Files, and folders with everything below them.")
    private List<Path> evidence;

    @Option(names = {"-o", "--output"}, paramLabel = "DATASET", required = true, description = "The data set; made when it is not there.")
    private Path target;

    @Option(names = "--machine", paramLabel = "NAME", description = "All the evidence is of this machine.")
    private String machine;

    @Option(names = "--machine-pattern", paramLabel = "REGEX", description = "Finds the machine's name in a file's path: the first group, or all of it.")
    private String pattern;

    @Option(names = "--jobs", paramLabel = "N", description = "How many machines to work on at once (default: one for each processor).")
    private int jobs = Runtime.getRuntime().availableProcessors();

    @Mixin
    private Output output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        if (machine != null && (pattern != null || machine.isBlank())) {
            throw new ParameterException(command.commandLine(), "give either --machine or --machine-pattern");
        }
        for (Path path : evidence) {
            if (!Files.exists(path)) {
                throw new EvidenceException(path, "", "there is no such file or folder", "Check the name");
            }
        }
        MachineNames names = machine != null ? MachineNames.always(machine)
                : pattern != null ? MachineNames.matching(pattern) : MachineNames.fromPaths();
        IngestReport report;
        try (FleetStore store = FleetStore.openToWrite(target); ProgressBar progress = new ProgressBar()) {
            report = FleetIngest.run(evidence, store, names, jobs, progress);
        }
        if (output.isJson()) {
            output.document(json -> write(report, json));
        } else {
            print(report);
        }
        return report.filesTaken() + report.filesKnown() + report.eventLogs() == 0 ? Poolscope.UNREADABLE : 0;
    }

    private static void write(IngestReport report, JsonGenerator json) throws IOException {
        json.writeNumberField("machines", report.machines());
        json.writeNumberField("filesTaken", report.filesTaken());
        json.writeNumberField("filesKnown", report.filesKnown());
        json.writeNumberField("snapshotsTaken", report.snapshotsTaken());
        json.writeNumberField("snapshotsKnown", report.snapshotsKnown());
        json.writeNumberField("rows", report.rows());
        json.writeNumberField("eventLogs", report.eventLogs());
        files(json, "bad", report.bad());
        files(json, "warnings", report.warnings());
    }

    private static void files(JsonGenerator json, String name, List<BadFile> files) throws IOException {
        json.writeArrayFieldStart(name);
        for (BadFile file : files) {
            json.writeStartObject();
            json.writeStringField("file", file.file());
            json.writeStringField("reason", file.reason());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void print(IngestReport report) throws IOException {
        output.line("Taken in: " + Quantity.count(report.filesTaken(), "file", "files") + " of "
                + Quantity.count(report.machines(), "machine", "machines") + ", "
                + Quantity.count(report.snapshotsTaken(), "table", "tables") + " of "
                + Quantity.count(report.rows(), "row", "rows") + ".");
        if (report.filesKnown() > 0 || report.snapshotsKnown() > 0) {
            output.line("Known before, left out: " + Quantity.count(report.filesKnown(), "file", "files") + ", "
                    + Quantity.count(report.snapshotsKnown(), "table", "tables") + " in other files.");
        }
        if (report.eventLogs() > 0) {
            output.line((report.eventLogs() == 1 ? "1 event log: it holds" : Quantity.count(report.eventLogs()) + " event logs: they hold")
                    + " no samples; poolscope diagnose reads them, with the machine's other evidence.");
        }
        list("Not taken in:", report.bad());
        list("Taken in with doubts:", report.warnings());
        output.line("Ask it: " + ProgramName.called("poolscope fleet leaks ") + ShellWord.of(target.toString()));
        output.flush();
    }

    private void list(String title, List<BadFile> files) throws IOException {
        if (files.isEmpty()) {
            return;
        }
        output.line(title);
        for (BadFile file : files.subList(0, Math.min(FEW, files.size()))) {
            output.line("  " + Plain.text(file.file() + ": " + file.reason()));
        }
        if (files.size() > FEW) {
            output.line("  and " + Quantity.count(files.size() - FEW) + " more (--format json lists them)");
        }
    }
}
