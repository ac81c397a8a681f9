package org.poolscope.report;

import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.poolscope.diagnosis.CaseFile;
import org.poolscope.diagnosis.CaseWarning;
import org.poolscope.diagnosis.Finding;
import org.poolscope.diagnosis.NextStep;
import org.poolscope.diagnosis.Verdict;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Provenance;

/** A verdict as one JSON document: the contract of {@code poolscope diagnose --format json}. */
public final class VerdictJson {

    private VerdictJson() {
    }

    /**
     * Writes the document.
     *
     * @param showUnread whether to list the lines of text evidence that nobody understood
     */
    public static void print(Verdict verdict, boolean showUnread, Writer out) throws IOException {
        JsonDocument.print(out, json -> fields(verdict, showUnread, json));
    }

    /** Writes the document's fields into an object that is already open. */
    static void fields(Verdict verdict, boolean showUnread, JsonGenerator json) throws IOException {
        json.writeStringField("case", verdict.subject().name());
        json.writeStringField("verdict", verdict.sentence());
        json.writeArrayFieldStart("findings");
        for (Finding finding : verdict.findings()) {
            finding(finding, json);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("files");
        for (CaseFile file : verdict.subject().files()) {
            file(file, showUnread, json);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("warnings");
        for (CaseWarning warning : verdict.subject().warnings()) {
            json.writeStartObject();
            json.writeStringField("file", warning.where().file());
            json.writeStringField("at", warning.where().at());
            json.writeStringField("message", warning.message());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void finding(Finding finding, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("rule", finding.rule());
        json.writeStringField("severity", finding.severity().word());
        json.writeStringField("confidence", finding.confidence().level().word());
        json.writeStringField("confidenceReason", finding.confidence().reason());
        json.writeStringField("title", finding.title());
        json.writeStringField("explanation", finding.explanation());
        List<PoolTag> tags = finding.tags();
        text(json, "tag", tags.isEmpty() ? null : tags.getFirst());
        json.writeArrayFieldStart("tags");
        for (PoolTag tag : tags) {
            json.writeString(tag.toString());
        }
        json.writeEndArray();
        text(json, "pool", finding.pool());
        text(json, "driver", finding.driver());
        json.writeArrayFieldStart("evidence");
        for (Provenance seen : finding.evidence()) {
            place(seen, json);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("nextSteps");
        for (NextStep step : finding.nextSteps()) {
            json.writeStartObject();
            json.writeStringField("text", step.text());
            text(json, "command", step.command());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void file(CaseFile file, boolean showUnread, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("file", file.name());
        json.writeArrayFieldStart("formats");
        for (String format : file.formats()) {
            json.writeString(format);
        }
        json.writeEndArray();
        json.writeNumberField("facts", file.facts());
        json.writeNumberField("unreadLines", file.unreadLines());
        if (showUnread) {
            json.writeArrayFieldStart("unread");
            for (Provenance unread : file.unread()) {
                place(unread, json);
            }
            json.writeEndArray();
        }
        text(json, "failure", file.failure());
        json.writeEndObject();
    }

    private static void place(Provenance seen, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("file", seen.file());
        json.writeStringField("at", seen.at());
        json.writeStringField("text", seen.text());
        json.writeEndObject();
    }
}
