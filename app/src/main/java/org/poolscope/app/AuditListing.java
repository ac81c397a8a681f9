package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.poolscope.dfs.audit.AuditFinding;
import org.poolscope.dfs.audit.Severity;
import org.poolscope.model.Quantity;
import org.poolscope.report.Listing;

/** Findings of an audit, as the commands that make them print them. */
final class AuditListing {

    /** Findings of one rule shown unless all are wanted. */
    static final int FEW = 3;

    private AuditListing() {
    }

    /** A server that breaks a rule breaks it in every reply: people need a few of them and the number. */
    static void print(List<AuditFinding> all, boolean showAll, Output output) throws IOException {
        Map<String, Integer> told = new LinkedHashMap<>();
        List<AuditFinding> few = all.stream().filter(finding -> showAll || told.merge(finding.rule(), 1, Integer::sum) <= FEW).toList();
        output.list(findings(), few.iterator());
        told.forEach((rule, times) -> told.put(rule, times - FEW));
        told.values().removeIf(more -> more <= 0);
        if (!told.isEmpty()) {
            output.line("Not shown (--all shows them): " + told.entrySet().stream()
                    .map(more -> Quantity.count(more.getValue()) + " more of " + more.getKey()).collect(Collectors.joining(", ")) + ".");
        }
    }

    static Listing<AuditFinding> findings() {
        return new Listing<AuditFinding>(AuditListing::write)
                .text("Severity", finding -> word(finding.severity()))
                .text("Rule", AuditFinding::rule)
                .text("At", AuditListing::at)
                .number("Times", finding -> Quantity.count(finding.occurrences()))
                .text("What", finding -> finding.message() + " [" + finding.clause() + "]");
    }

    /** Several entries of one reply may say the same. */
    private static String at(AuditFinding finding) {
        return finding.seenAt() + (finding.entry().isPresent() ? ", entry " + (finding.entry().getAsInt() + 1) : "");
    }

    /** Writes the fields of one finding into an object that is open. */
    static void write(AuditFinding finding, JsonGenerator json) throws IOException {
        text(json, "rule", finding.rule());
        text(json, "severity", word(finding.severity()));
        text(json, "file", finding.seenAt().file());
        text(json, "at", finding.seenAt().at());
        text(json, "request", finding.request().orElse(null));
        number(json, "entry", finding.entry().isPresent() ? finding.entry().getAsInt() : null);
        text(json, "message", finding.message());
        text(json, "clause", finding.clause());
        number(json, "occurrences", finding.occurrences());
    }

    static String word(Severity severity) {
        return severity.name().toLowerCase(Locale.ROOT);
    }
}
