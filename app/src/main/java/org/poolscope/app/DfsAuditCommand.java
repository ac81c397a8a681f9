package org.poolscope.app;

import static org.poolscope.report.JsonDocument.text;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.poolscope.dfs.audit.AuditRule;
import org.poolscope.dfs.audit.DfsAudit;
import org.poolscope.dfs.audit.Severity;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceFolder;
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

/** {@code poolscope dfs audit}: do these referrals keep the rules of MS-DFSC? */
@Command(name = "audit", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        header = "Do these DFS referrals keep the rules?",
        description = {"Reads network captures (pcap, pcapng, also gzipped), dfsutil /pktinfo listings, Linux /proc/fs/cifs/dfscache and Network",
            "Monitor text, and names every referral that breaks a rule of MS-DFSC, with the clause it stands on."},
        footer = {"", "Examples:", "  poolscope dfs audit capture.pcapng", "  poolscope dfs audit pktinfo.txt --format json",
            "  poolscope dfs audit --rules", "Exit status: 0 all rules kept, 1 a rule is broken, 3 a file could not be read."})
final class DfsAuditCommand implements Callable<Integer> {

    private static final int MOST_FILES = 100_000;

    @Parameters(paramLabel = "FILE", arity = "0..*", description = "Captures and listings; or folders of them.")
    private List<Path> paths = List.of();

    @Option(names = "--rules", description = "List the rules instead.")
    private boolean rules;

    @Option(names = "--all", description = "Show every finding; without it, the first " + AuditListing.FEW + " of each rule.")
    private boolean showAll;

    @Mixin
    private Output output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        if (rules) {
            output.list(rules(), DfsAudit.rules().iterator());
            return 0;
        }
        if (paths.isEmpty()) {
            throw new ParameterException(command.commandLine(), "Missing required parameter: 'FILE'");
        }
        PrintWriter err = command.commandLine().getErr();
        DfsAudit audit = new DfsAudit();
        int read = 0;
        EvidenceException failure = null;
        try (ProgressBar progress = new ProgressBar()) {
            for (Path path : files(err)) {
                progress.at("auditing " + path.getFileName(), 0, 0);
                try {
                    EvidenceFile file = EvidenceFile.open(path);
                    if (paths.contains(path) || DfsAudit.recognises(file)) {
                        audit.read(file, (where, warning) -> err.println("poolscope: " + Plain.text(where + ": " + warning)));
                        read++;
                    }
                } catch (EvidenceException e) {
                    err.println("poolscope: " + Plain.text(e.getMessage()));
                    failure = e;
                }
            }
        }
        if (read == 0) {
            if (failure == null) {
                err.println("poolscope: " + Plain.text(paths.getFirst() + ": nothing here holds DFS referrals"));
            }
            return Poolscope.UNREADABLE;
        }
        print(audit);
        boolean broken = audit.findings().stream().anyMatch(finding -> finding.severity() != Severity.INFO);
        return broken ? 1 : failure != null ? Poolscope.UNREADABLE : 0;
    }

    private List<Path> files(PrintWriter err) throws EvidenceException {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            if (!Files.isDirectory(path)) {
                files.add(path);
                continue;
            }
            files.addAll(EvidenceFolder.files(path, MOST_FILES, (file, reason) ->
                    err.println("poolscope: " + Plain.text(file + ": " + reason))));
            if (files.size() > MOST_FILES) {
                throw new EvidenceException(path, "", "more than " + MOST_FILES + " files", "Name a smaller folder");
            }
        }
        return files;
    }

    private void print(DfsAudit audit) throws IOException {
        if (output.isJson()) {
            output.list(AuditListing.findings(), audit.findings().iterator());
        } else {
            DfsAudit.Counts counts = audit.counts();
            if (!audit.findings().isEmpty()) {
                AuditListing.print(audit.findings(), showAll, output);
            } else if (counts.hasReferrals()) {
                output.line("All rules are kept.");
            } else {
                output.line("No referral was granted here, so most rules had nothing to judge; no other rule is broken.");
            }
            output.line("Looked at " + Quantity.count(counts.exchanges(), "referral exchange", "referral exchanges") + " ("
                    + Quantity.count(counts.refusals()) + " refused), " + Quantity.count(counts.cacheEntries(), "cache entry", "cache entries")
                    + " and " + Quantity.count(counts.texts(), "quoted referral", "quoted referrals") + ", by "
                    + DfsAudit.rules().size() + " rules.");
        }
        output.flush();
    }

    private static Listing<AuditRule> rules() {
        return new Listing<AuditRule>((rule, json) -> {
            text(json, "rule", rule.name());
            text(json, "severity", AuditListing.word(rule.severity()));
            text(json, "clause", rule.clause());
            text(json, "demand", rule.demand());
        })
                .text("Rule", AuditRule::name)
                .text("Severity", rule -> AuditListing.word(rule.severity()))
                .text("Clause", AuditRule::clause)
                .text("Demand", AuditRule::demand);
    }
}
