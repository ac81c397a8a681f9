package org.poolscope.report;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.poolscope.diagnosis.CaseFile;
import org.poolscope.diagnosis.CaseWarning;
import org.poolscope.diagnosis.Finding;
import org.poolscope.diagnosis.NextStep;
import org.poolscope.diagnosis.Severity;
import org.poolscope.diagnosis.Verdict;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;

/** A verdict as terminal text: the sentence first, then each finding with its confidence, evidence and next steps. */
public final class VerdictText {

    /** Evidence places shown for one finding; the JSON has all of them. */
    private static final int MOST_PLACES = 12;
    private static final int MOST_WARNINGS = 12;

    private final TextStyle style;
    private final boolean showUnread;
    private final Writer out;

    private VerdictText(TextStyle style, boolean showUnread, Writer out) {
        this.style = style;
        this.showUnread = showUnread;
        this.out = out;
    }

    /**
     * Writes the verdict.
     *
     * @param showUnread whether to list the lines of text evidence that nobody understood
     */
    public static void print(Verdict verdict, TextStyle style, boolean showUnread, Writer out) throws IOException {
        VerdictText text = new VerdictText(style, showUnread, out);
        text.sentence(verdict);
        int number = 0;
        for (Finding finding : verdict.findings()) {
            text.finding(++number, finding);
        }
        text.lookedAt(verdict);
        out.flush();
    }

    private void sentence(Verdict verdict) throws IOException {
        boolean problem = verdict.isProblem();
        List<String> lines = Wrap.lines(Plain.text(verdict.sentence()), style.width() - 9);
        for (int i = 0; i < lines.size(); i++) {
            String lead = i > 0 ? "         " : problem ? style.red("VERDICT") + "  " : style.green("VERDICT") + "  ";
            line(lead + style.bold(lines.get(i)));
        }
        line("");
    }

    private void finding(int number, Finding finding) throws IOException {
        String lead = number + ". ";
        String indent = " ".repeat(lead.length());
        String word = finding.severity().word().toUpperCase(java.util.Locale.ROOT);
        List<String> title = Wrap.lines(word + "  " + Plain.text(finding.title()), style.width() - lead.length());
        for (int i = 0; i < title.size(); i++) {
            String text = title.get(i);
            line(i == 0 ? lead + paint(finding.severity(), word) + style.bold(text.substring(word.length())) : indent + style.bold(text));
        }
        paragraph(indent, finding.explanation());
        paragraph(indent, "Confidence: " + finding.confidence().level().word() + ", " + finding.confidence().reason() + ".");
        List<Provenance> evidence = finding.evidence();
        if (!evidence.isEmpty()) {
            line(indent + "Seen at:");
            for (Provenance seen : evidence.subList(0, Math.min(evidence.size(), MOST_PLACES))) {
                place(indent + "  ", seen);
            }
            if (evidence.size() > MOST_PLACES) {
                line(indent + "  and " + Quantity.count(evidence.size() - MOST_PLACES, "more place", "more places") + " (--format json lists all)");
            }
        }
        if (!finding.nextSteps().isEmpty()) {
            line(indent + "Next:");
            for (NextStep step : finding.nextSteps()) {
                List<String> lines = Wrap.lines(Plain.text(step.text()), style.width() - indent.length() - 4);
                for (int i = 0; i < lines.size(); i++) {
                    line(indent + (i == 0 ? "  - " : "    ") + lines.get(i));
                }
                if (step.command() != null) {
                    line(indent + "      " + style.bold(Plain.text(step.command())));
                }
            }
        }
        line("");
    }

    private String paint(Severity severity, String word) {
        return switch (severity) {
            case CRITICAL -> style.red(word);
            case WARNING -> style.yellow(word);
            case NOTE -> style.green(word);
        };
    }

    private void place(String indent, Provenance seen) throws IOException {
        String where = Plain.text(seen.toString());
        String quoted = Plain.text(seen.text());
        int room = style.width() - indent.length() - where.length() - 2;
        if (quoted.isEmpty()) {
            where(indent, where);
        } else if (quoted.length() <= room) {
            line(indent + where + "  " + style.dim(quoted));
        } else {
            where(indent, where);
            int width = style.width() - indent.length() - 4;
            line(indent + "    " + style.dim(quoted.length() <= width ? quoted : quoted.substring(0, width - 3) + "..."));
        }
    }

    private void where(String indent, String where) throws IOException {
        List<String> lines = Wrap.lines(where, style.width() - indent.length() - 2);
        for (int i = 0; i < lines.size(); i++) {
            line(indent + (i == 0 ? "" : "  ") + lines.get(i));
        }
    }

    private void paragraph(String indent, String text) throws IOException {
        if (!text.isEmpty()) {
            for (String wrapped : Wrap.lines(Plain.text(text), style.width() - indent.length())) {
                line(indent + wrapped);
            }
        }
    }

    private void lookedAt(Verdict verdict) throws IOException {
        List<CaseFile> files = verdict.subject().files();
        line("Looked at " + Quantity.count(files.size(), "file", "files") + ":");
        for (CaseFile file : files) {
            String what = file.failure() != null ? "NOT READ: " + file.failure()
                    : file.formats().isEmpty() ? "no evidence recognised in it" : String.join(", ", file.formats());
            String unread = file.unreadLines() == 0 ? ""
                    : "; " + Quantity.count(file.unreadLines(), "line", "lines") + " not understood"
                            + (showUnread ? ":" : " (--show-unread lists them)");
            String text = "  " + file.name() + ": " + what + unread;
            List<String> lines = Wrap.lines(Plain.text(text).strip(), style.width() - 4);
            for (int i = 0; i < lines.size(); i++) {
                line((i == 0 ? "  " : "      ") + lines.get(i));
            }
            if (showUnread) {
                for (Provenance missed : file.unread()) {
                    line("      " + missed.at() + "  " + style.dim(Plain.text(missed.text())));
                }
            }
        }
        List<CaseWarning> warnings = verdict.subject().warnings();
        if (!warnings.isEmpty()) {
            line("Not read or not trusted:");
            for (CaseWarning warning : warnings.subList(0, Math.min(warnings.size(), MOST_WARNINGS))) {
                List<String> lines = Wrap.lines(Plain.text(warning.where() + ": " + warning.message()), style.width() - 6);
                for (int i = 0; i < lines.size(); i++) {
                    line((i == 0 ? "  - " : "    ") + lines.get(i));
                }
            }
            if (warnings.size() > MOST_WARNINGS) {
                line("  and " + (warnings.size() - MOST_WARNINGS) + " more (--format json lists all)");
            }
        }
    }

    private void line(String text) throws IOException {
        out.write(text.stripTrailing());
        out.write('\n');
    }
}
