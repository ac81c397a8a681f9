package org.poolscope.app;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.poolscope.diagnosis.Case;
import org.poolscope.diagnosis.CaseReader;
import org.poolscope.diagnosis.Diagnosis;
import org.poolscope.diagnosis.Verdict;
import org.poolscope.report.VerdictJson;
import org.poolscope.report.VerdictText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code poolscope diagnose}: the main job. */
@Command(name = "diagnose", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "From all evidence of one machine to one verdict.",
        description = {"Reads every file given, and every file below every folder given, and says which pool ran out, which tag holds it,",
            "which driver owns the tag and why, with the evidence for each claim and what to do next."},
        footer = {"", "Examples:", "  poolscope diagnose MEMORY.DMP", "  poolscope diagnose case-folder/",
            "  poolscope diagnose MEMORY.DMP poolmon.log events.txt pktinfo.txt --format json",
            "Exit status: 0 no problem found, 1 a problem was found, 3 nothing could be read."})
final class DiagnoseCommand implements Callable<Integer> {

    @Parameters(paramLabel = "EVIDENCE", arity = "1..*", description = "Dumps, listings, logs, event texts; or folders of them.")
    private List<Path> evidence;

    @Option(names = "--show-unread", description = "List the lines of text evidence that nobody understood.")
    private boolean showUnread;

    @Mixin
    private Output output;

    @Override
    public Integer call() throws Exception {
        try (ProgressBar progress = new ProgressBar(); Case subject = CaseReader.read(evidence, progress)) {
            Verdict verdict = Diagnosis.of(subject, progress);
            progress.wipe();
            if (output.isJson()) {
                VerdictJson.print(verdict, showUnread, output.writer());
            } else {
                VerdictText.print(verdict, output.style(), showUnread, output.writer());
            }
            return verdict.isProblem() ? 1 : 0;
        }
    }
}
