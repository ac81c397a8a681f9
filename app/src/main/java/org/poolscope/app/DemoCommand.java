package org.poolscope.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.poolscope.diagnosis.Case;
import org.poolscope.diagnosis.CaseReader;
import org.poolscope.diagnosis.Diagnosis;
import org.poolscope.diagnosis.Verdict;
import org.poolscope.lab.LabCase;
import org.poolscope.lab.LabCases;
import org.poolscope.lab.LabOptions;
import org.poolscope.model.ProgramName;
import org.poolscope.report.VerdictJson;
import org.poolscope.report.VerdictText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code poolscope demo}: makes the photo-upload case and diagnoses it. */
@Command(name = "demo", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Make the photo-upload case and diagnose it.",
        description = {"A Windows Server 2003 web server whose paged pool ran empty three days after its start: a kernel dump, an event, PoolMon logs",
            "and a listing of its DFS referral cache are made in a temporary folder, and the verdict on them is printed."},
        footer = {"", "Examples:", "  poolscope demo", "  poolscope demo --scale 0.05 --keep demo-case", "Exit status: 1, for the problem that is found."})
final class DemoCommand implements Callable<Integer> {

    @Option(names = "--scale", paramLabel = "N", defaultValue = "1", description = "The size of the case (default: ${DEFAULT-VALUE}, 2.2 million blocks).")
    private double scale;

    @Option(names = "--keep", paramLabel = "DIR", description = "Make the case in this folder and keep it.")
    private Path keep;

    @Mixin
    private Output output;

    @Override
    public Integer call() throws Exception {
        Path folder = keep != null ? keep : Files.createTempDirectory("poolscope-demo");
        try (ProgressBar progress = new ProgressBar()) {
            LabCase photoUpload = LabCases.find("photo-upload").orElseThrow();
            Path evidence = folder.resolve("photo-upload");
            photoUpload.write(evidence, LabOptions.scale(scale).withProgress(progress));
            // Of a folder that is deleted again no command should name a path.
            try (Case subject = keep == null ? CaseReader.readCopies(List.of(evidence), progress) : CaseReader.read(List.of(evidence), progress)) {
                Verdict verdict = Diagnosis.of(subject, progress);
                progress.wipe();
                if (output.isJson()) {
                    VerdictJson.print(verdict, false, output.writer());
                } else {
                    VerdictText.print(verdict, output.style(), false, output.writer());
                    if (keep == null) {
                        output.line("");
                        output.line("These files are deleted again. " + ProgramName.called("poolscope demo --keep DIR") + " keeps them, and says the commands for them.");
                    }
                }
                return verdict.isProblem() ? 1 : 0;
            }
        } finally {
            if (keep == null) {
                delete(folder);
            }
        }
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }
}
