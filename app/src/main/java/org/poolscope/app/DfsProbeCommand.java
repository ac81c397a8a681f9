package org.poolscope.app;

import static org.poolscope.report.JsonDocument.number;
import static org.poolscope.report.JsonDocument.text;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.StatusCode;
import org.poolscope.dfs.audit.AuditFinding;
import org.poolscope.dfs.audit.Severity;
import org.poolscope.dfs.client.ProbeAnswer;
import org.poolscope.dfs.client.ProbeReport;
import org.poolscope.dfs.client.ServerProbe;
import org.poolscope.dfs.client.SmbServers;
import org.poolscope.dfs.message.ReferralReply;
import org.poolscope.model.Quantity;
import org.poolscope.report.Listing;
import org.poolscope.report.Plain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code poolscope dfs probe}: does a live server keep the rules? */
@Command(name = "probe", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Does this live DFS server keep the rules?",
        description = {"Asks the server some hundred questions about one root and its links: every referral level, buffers too small, odd",
            "paths, names below links, links that do not exist, the extended request, requests that are none. Prints what it",
            "answered and every rule of MS-DFSC that does not hold. Reads only."},
        footer = {"", "Examples:", "  poolscope dfs probe //fs1/dfs", "  poolscope dfs probe '\\\\fs1\\dfs' --link projects/2024 --user 'CORP\\anna'",
            "  poolscope dfs probe //127.0.0.1/dfs --port 1445 --format json",
            "Exit status: 0 all rules kept, 1 a rule is broken, 3 the server cannot be reached or has no such root."})
final class DfsProbeCommand implements Callable<Integer> {

    private static final int LONGEST_PATH = 48;
    private static final int FOLDERS_TOLD = 5;

    @Parameters(paramLabel = "//SERVER/ROOT", description = "The namespace root, with slashes of either kind.")
    private String namespace;

    @Option(names = "--link", paramLabel = "PATH", description = "A link below the root that does not show at its top. May be repeated.")
    private List<String> links = List.of();

    @Option(names = "--all", description = "Show every finding; without it, the first " + AuditListing.FEW + " of each rule.")
    private boolean showAll;

    @Option(names = "--questions", description = "Show every question and its answer too.")
    private boolean showQuestions;

    @Mixin
    private ServerAccess access;

    @Mixin
    private Output output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        DfsPath path = DfsPath.of(namespace);
        if (path.components() != 2) {
            throw new ParameterException(command.commandLine(), "'" + namespace + "' is not //SERVER/ROOT");
        }
        ProbeReport report;
        try (SmbServers servers = access.servers()) {
            report = new ServerProbe(servers, path).run(links);
        }
        if (output.isJson()) {
            output.document(json -> {
                text(json, "namespace", report.namespace());
                text(json, "dialect", report.dialect());
                json.writeArrayFieldStart("links");
                for (String link : report.links()) {
                    json.writeString(link);
                }
                json.writeEndArray();
                json.writeArrayFieldStart("folders");
                for (String folder : report.folders()) {
                    json.writeString(folder);
                }
                json.writeEndArray();
                json.writeArrayFieldStart("questions");
                for (ProbeAnswer answer : report.answers()) {
                    json.writeStartObject();
                    questions().writeFields(answer, json);
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeArrayFieldStart("findings");
                for (AuditFinding finding : report.findings()) {
                    json.writeStartObject();
                    AuditListing.write(finding, json);
                    json.writeEndObject();
                }
                json.writeEndArray();
            });
        } else {
            print(report);
        }
        return report.findings().stream().anyMatch(finding -> finding.severity() != Severity.INFO) ? 1 : 0;
    }

    private void print(ProbeReport report) throws IOException {
        if (showQuestions) {
            output.list(questions(), report.answers().iterator());
            output.line("");
        }
        if (report.findings().isEmpty()) {
            output.line("All rules are kept.");
        } else {
            AuditListing.print(report.findings(), showAll, output);
        }
        long refused = report.answers().stream().filter(answer -> !answer.succeeded()).count();
        output.line("Asked " + Plain.text(report.namespace()) + " " + Quantity.count(report.answers().size(), "question", "questions") + " over "
                + report.dialect().replaceFirst("SMB_", "SMB ").replace('_', '.') + " (" + Quantity.count(refused) + " refused); "
                + (report.links().isEmpty() ? "it shows no links: name one with --link"
                : Quantity.count(report.links().size(), "link", "links") + ", most questions about " + Plain.text(report.links().getFirst())) + ".");
        if (!report.folders().isEmpty()) {
            List<String> some = report.folders().subList(0, Math.min(FOLDERS_TOLD, report.folders().size()));
            output.line("Not asked: links below folders of the root do not show, and may be below " + Plain.text(String.join(", ", some))
                    + (some.size() < report.folders().size() ? " and " + (report.folders().size() - some.size()) + " more" : "")
                    + ". Name them: --link " + Plain.text(some.getFirst()) + "/NAME.");
        }
        output.flush();
    }

    private static Listing<ProbeAnswer> questions() {
        return new Listing<ProbeAnswer>((answer, json) -> {
            number(json, "question", answer.number());
            text(json, "about", answer.what());
            text(json, "path", answer.path());
            text(json, "status", String.format("0x%08x", answer.status()));
            number(json, "version", answer.version().orElse(null));
            number(json, "entries", answer.reply().isPresent() ? answer.entries() : null);
            number(json, "pathConsumed", answer.reply().map(ReferralReply::pathConsumed).orElse(null));
            number(json, "replyBytes", answer.exchange().rawReply().length);
            number(json, "milliseconds", answer.millis());
        })
                .number("No", answer -> String.valueOf(answer.number()))
                .text("About", ProbeAnswer::what)
                .text("Path", answer -> answer.path().length() <= LONGEST_PATH ? answer.path() : answer.path().substring(0, LONGEST_PATH) + "...")
                .text("Status", answer -> StatusCode.text(answer.status()))
                .number("Version", answer -> answer.version().map(String::valueOf).orElse(""))
                .number("Entries", answer -> answer.reply().isPresent() ? String.valueOf(answer.entries()) : "")
                .number("Consumed", answer -> answer.reply().map(reply -> String.valueOf(reply.pathConsumed())).orElse(""))
                .number("ms", answer -> String.valueOf(answer.millis()));
    }
}
