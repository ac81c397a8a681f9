package org.poolscope.app;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.poolscope.diagnosis.Case;
import org.poolscope.diagnosis.CaseReader;
import org.poolscope.diagnosis.Diagnosis;
import org.poolscope.diagnosis.Exhibit;
import org.poolscope.diagnosis.Exhibits;
import org.poolscope.diagnosis.Verdict;
import org.poolscope.driver.TagMap;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.Quantity;
import org.poolscope.report.Plain;
import org.poolscope.report.VerdictHtml;
import org.poolscope.report.VerdictJson;
import org.poolscope.report.VerdictText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code poolscope diagnose}: the main job. */
@Command(name = "diagnose", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "From all evidence of one machine to one verdict.",
        description = {"Reads every file given, and every file below every folder given, and says which pool ran out, which tag holds it,",
            "which driver owns the tag and why, with the evidence for each claim and what to do next. For evidence of many machines there",
            "is fleet diagnose."},
        footer = {"", "Examples:", "  poolscope diagnose MEMORY.DMP", "  poolscope diagnose case-folder/ --html report.html",
            "  poolscope diagnose MEMORY.DMP poolmon.log events.txt pktinfo.txt --format json",
            "  poolscope diagnose MEMORY.DMP C:\\Windows\\System32\\drivers   (drivers' code tells who uses a tag)",
            "  poolscope diagnose MEMORY.DMP --tag-map mup.map.json",
            "Exit status: 0 no problem found, 1 a problem was found, 3 nothing could be read."})
final class DiagnoseCommand implements Callable<Integer> {

    @Parameters(paramLabel = "EVIDENCE", arity = "1..*", description = "Dumps, listings, logs, event texts, driver files; or folders or zip archives of them.")
    private List<Path> evidence;

    @Option(names = "--tag-map", paramLabel = "MAP", description = "What retag --map wrote: its tags are told as call sites. May be given several times.")
    private List<Path> tagMaps = List.of();

    @Option(names = "--symbols", paramLabel = "PATH", description = "Where to look for the symbols of the kernel in a dump, and of the drivers in it that "
            + "hold a leaking tag: folders, files, srv*CACHE*URL, as in _NT_SYMBOL_PATH, which is used when this is not given.")
    private String symbolPath;

    @Option(names = "--show-unread", description = "List the lines of text evidence that nobody understood.")
    private boolean showUnread;

    @Option(names = "--html", paramLabel = "FILE", description = "Write the report as one HTML file that needs nothing else, too.")
    private Path html;

    @Mixin
    private UnpackOption unpacking;

    @Mixin
    private Output output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        WritableFile.check(html);
        List<Path> all = new ArrayList<>(evidence);
        for (Path map : tagMaps) {
            TagMap.read(map);   // said to be one, so anything else is an error
            all.add(map);
        }
        try (ProgressBar progress = new ProgressBar(); Case subject = read(all, progress)) {
            Verdict verdict = Diagnosis.of(subject, progress);
            Optional<IOException> unwritten = html == null ? Optional.empty() : writeHtml(verdict, progress);
            progress.wipe();
            if (output.isJson()) {
                VerdictJson.print(verdict, showUnread, output.writer());
            } else {
                VerdictText.print(verdict, output.style(), showUnread, output.writer());
            }
            if (unwritten.isPresent()) {
                throw unwritten.get();
            }
            if (html != null) {
                command.commandLine().getErr().println("poolscope: the report is in " + Plain.text(html.toString()) + " ("
                        + Quantity.bytes(Files.size(html)) + "); any browser shows it");
            }
            return verdict.isProblem() ? 1 : 0;
        }
    }

    private Case read(List<Path> all, ProgressBar progress) throws EvidenceException {
        return symbolPath == null ? CaseReader.read(all, progress, unpacking.unpacker(progress))
                : CaseReader.read(all, progress, unpacking.unpacker(progress), SymbolOption.finder(symbolPath, command));
    }

    /** What went wrong is for the caller to throw, after the verdict: a full disk must not lose that too. */
    private Optional<IOException> writeHtml(Verdict verdict, ProgressBar progress) {
        List<Exhibit> exhibits = Exhibits.of(verdict, progress);
        try (Writer out = Files.newBufferedWriter(html)) {
            VerdictHtml.print(verdict, exhibits, command.root().version()[0], out);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }
}
