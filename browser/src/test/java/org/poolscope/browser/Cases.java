package org.poolscope.browser;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.poolscope.diagnosis.Case;
import org.poolscope.diagnosis.CaseReader;
import org.poolscope.diagnosis.Diagnosis;
import org.poolscope.diagnosis.Exhibits;
import org.poolscope.diagnosis.Verdict;
import org.poolscope.lab.LabCases;
import org.poolscope.lab.LabOptions;
import org.poolscope.model.Progress;
import org.poolscope.report.VerdictHtml;

/** Practice cases and their reports, as small as they may be. */
final class Cases {

    private static final double SCALE = 0.02;

    private Cases() {
    }

    /** The evidence of a practice case, in a folder of its name. */
    static Path evidence(String name, Path below) throws Exception {
        Path folder = below.resolve(name);
        LabCases.find(name).orElseThrow().write(folder, LabOptions.scale(SCALE));
        return folder;
    }

    /** The report on evidence, beside it. */
    static Path report(Path evidence) throws Exception {
        Path html = evidence.resolveSibling(evidence.getFileName() + ".html");
        try (Case subject = CaseReader.read(List.of(evidence), Progress.NONE)) {
            Verdict verdict = Diagnosis.of(subject, Progress.NONE);
            try (Writer out = Files.newBufferedWriter(html)) {
                VerdictHtml.print(verdict, Exhibits.of(verdict, Progress.NONE), "poolscope test", out);
            }
        }
        return html;
    }

    /** Where pictures go: they are part of what the build makes. */
    static Path pictures() throws IOException {
        return Files.createDirectories(Path.of(System.getProperty("browser.output", "target")).resolve("pictures"));
    }
}
