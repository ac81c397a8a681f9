package org.poolscope.dfs.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.ReferralExchange;
import org.poolscope.dfs.StatusCode;
import org.poolscope.dfs.audit.AuditFinding;
import org.poolscope.dfs.audit.Severity;
import org.poolscope.dfs.client.ProbeQuestion.Aim;
import org.poolscope.dfs.resolve.DfsServers;
import org.poolscope.model.Provenance;

/**
 * Holds the answers of a probe against what each question should get: what a single message cannot show, because nobody knows why it
 * was asked.
 */
final class ProbeJudge {

    private static final String REFERRALS = "MS-DFSC 3.2.5.5";

    private final List<ProbeAnswer> answers;
    private final List<AuditFinding> findings = new ArrayList<>();
    /** The answer for the link that most questions are about. */
    private final Optional<ProbeAnswer> link;

    ProbeJudge(List<ProbeAnswer> answers) {
        this.answers = answers;
        Optional<String> path = answers.stream().filter(answer -> answer.question().aim() == Aim.SHORT_BUFFER
                || answer.question().aim() == Aim.EXTENDED).map(ProbeAnswer::path).findFirst();
        this.link = answers.stream().filter(answer -> answer.question().aim() == Aim.LINK && path.isPresent()
                && answer.path().equals(path.get()) && answer.succeeded()).findFirst();
    }

    /** Whether there was no answer at all. */
    static boolean isSilence(ProbeAnswer answer) {
        return answer.status() == SmbServers.IO_TIMEOUT || answer.status() == SmbServers.CONNECTION_DISCONNECTED
                || answer.status() == DfsServers.BAD_NETWORK_PATH;
    }

    List<AuditFinding> findings() {
        for (ProbeAnswer answer : answers) {
            if (isSilence(answer)) {
                add("probe-no-answer", Severity.ERROR, "MS-SMB2 3.3.5.15.2", answer, answer.status() == SmbServers.IO_TIMEOUT
                        ? "The server did not answer in time." : "The server ended the connection: " + StatusCode.text(answer.status()) + ".");
                continue;
            }
            if (answer.exchange().rawReply().length > answer.question().buffer()) {
                add("probe-buffer", Severity.ERROR, "MS-DFSC 3.2.5.1", answer, "The reply has " + answer.exchange().rawReply().length
                        + " bytes, but the client has room for " + answer.question().buffer() + ".");
            }
            judge(answer);
        }
        return findings;
    }

    private void judge(ProbeAnswer answer) {
        switch (answer.question().aim()) {
            case LINK, STILL_THERE -> sameTargets(answer);
            case BELOW_LINK, FAR_BELOW_LINK -> belowLink(answer);
            case LETTER_CASE -> letterCase(answer);
            case NOTHING -> nothing(answer);
            case FOREIGN_NAME -> {
                if (answer.succeeded()) {
                    add("probe-foreign-name", Severity.INFO, REFERRALS, answer,
                            "The server answers for the namespace of a server whose name is not its own.");
                }
            }
            case SHORT_BUFFER -> shortBuffer(answer);
            case EXTENDED -> extended(answer);
            case ROOT, ODD_FORM, BROKEN -> {
                // whatever the answer, the audit tells whether it is sound
            }
        }
    }

    /** Whatever the level, the link has the same targets. */
    private void sameTargets(ProbeAnswer answer) {
        if (link.isEmpty() || !answer.path().equals(link.get().path())) {
            return;
        }
        boolean odd = answer.what().endsWith("level 0") || answer.what().endsWith("level 5") || answer.what().endsWith("level 65535");
        if (!answer.succeeded() && !odd) {
            add("probe-level", Severity.WARNING, "MS-DFSC 3.2.5.1", answer, "The server refuses with " + StatusCode.text(answer.status())
                    + " what it answers at level 4: older clients ask so.");
        } else if (answer.succeeded() && !answer.targets().equals(link.get().targets())) {
            add("probe-level", Severity.WARNING, REFERRALS, answer, "The targets are " + String.join(", ", answer.targets())
                    + ", but were " + String.join(", ", link.get().targets()) + " before.");
        }
    }

    /** The answer for a name below a link is the link's. */
    private void belowLink(ProbeAnswer answer) {
        if (link.isEmpty()) {
            return;
        }
        if (!answer.succeeded() && answer.question().aim() == Aim.FAR_BELOW_LINK) {
            add("probe-below-link", Severity.INFO, REFERRALS, answer, "The server refuses a path of odd form or length below a link it knows, with "
                    + StatusCode.text(answer.status()) + ".");
            return;
        }
        if (!answer.succeeded()) {
            add("probe-below-link", Severity.ERROR, REFERRALS, answer, "The server refuses a path below a link it knows, with "
                    + StatusCode.text(answer.status()) + "; a client that asks with the whole path cannot follow the link.");
            return;
        }
        int deep = link.get().dfsPath().map(DfsPath::components).orElse(3);
        int given = answer.dfsPath().map(DfsPath::components).orElse(deep);
        int consumed = DfsPath.of(answer.path().substring(0, Math.min(answer.path().length(), answer.reply().orElseThrow().pathConsumed() / 2)))
                .components();
        if (given > deep || consumed > deep) {
            add("probe-below-link", Severity.ERROR, REFERRALS, answer, "The referral reaches below the link " + link.get().path() + ": it is for "
                    + answer.dfsPath().map(DfsPath::toString).orElse("as much as PathConsumed says") + " and consumes " + consumed
                    + " components of the path, " + deep + " would be right. A client caches one entry for each name opened.");
        } else if (!answer.targets().equals(link.get().targets())) {
            add("probe-below-link", Severity.ERROR, REFERRALS, answer, "For a path below the link the targets are " + String.join(", ",
                    answer.targets()) + ", for the link itself " + String.join(", ", link.get().targets()) + ".");
        }
    }

    private void letterCase(ProbeAnswer answer) {
        if (link.isEmpty()) {
            return;
        }
        if (!answer.succeeded()) {
            add("probe-letter-case", Severity.ERROR, "MS-DFSC 2.2", answer, "The server knows the link " + link.get().path()
                    + " but refuses it in other letters, with " + StatusCode.text(answer.status()) + "; letters are to be taken as equal.");
            return;
        }
        // a server that knows how its link is spelt answers both times alike
        String path = answer.dfsPath().map(DfsPath::last).orElse("");
        String before = link.get().dfsPath().map(DfsPath::last).orElse("");
        if (!path.equals(before) && path.equalsIgnoreCase(before)) {
            add("probe-letter-case", Severity.INFO, REFERRALS, answer, "The DFS path repeats the letters of whoever asks, " + path
                    + " for " + before + ", instead of the link's own.");
        }
    }

    private void nothing(ProbeAnswer answer) {
        boolean names = answer.succeeded() && answer.dfsPath().map(DfsPath::components).orElse(0)
                >= Math.min(3, DfsPath.of(answer.path()).components());
        if (names) {
            add("probe-nothing", Severity.ERROR, REFERRALS, answer, "The server gives targets for what does not exist: "
                    + String.join(", ", answer.targets()) + ".");
        }
    }

    private void shortBuffer(ProbeAnswer answer) {
        if (answer.exchange().status().orElse(0) == ReferralExchange.STATUS_SUCCESS) {
            add("probe-buffer", Severity.ERROR, "MS-DFSC 3.2.5.1", answer, "The server claims success with a buffer of "
                    + answer.question().buffer() + " bytes, which the reply does not fit.");
        } else if (answer.status() != SmbServers.BUFFER_OVERFLOW) {
            add("probe-buffer", Severity.WARNING, "MS-DFSC 3.2.5.1, 3.1.5.4.3", answer, "The server refuses a buffer too small with "
                    + StatusCode.text(answer.status()) + "; only STATUS_BUFFER_OVERFLOW makes a client offer a larger one.");
        }
    }

    private void extended(ProbeAnswer answer) {
        if (!answer.succeeded()) {
            add("probe-extended", Severity.INFO, "MS-DFSC 2.2.3, 3.2.5.1", answer, "The server does not know the extended request: "
                    + StatusCode.text(answer.status()) + ".");
        } else if (link.isPresent() && !answer.targets().equals(link.get().targets())) {
            add("probe-extended", Severity.WARNING, "MS-DFSC 2.2.3, 3.2.5.1", answer, "By the extended request the targets are "
                    + String.join(", ", answer.targets()) + ", by the plain one " + String.join(", ", link.get().targets()) + ".");
        }
    }

    /** Whether a client that opens a name below a link is told that it is not there: that is how it learns of links. */
    static List<AuditFinding> ofOpening(SmbServers servers, DfsPath root, DfsPath link) {
        List<AuditFinding> found = new ArrayList<>();
        SmbServers.ShareState share = servers.share(root.component(0), root.component(1));
        if (share.status() != DfsServers.SUCCESS) {
            found.add(opening("probe-share", Severity.WARNING, "MS-SMB2 2.2.10", root, "The share of the root cannot be used: "
                    + StatusCode.text(share.status()) + ". Clients connect to it to find links."));
            return found;
        }
        if (!share.isDfs()) {
            found.add(opening("probe-share", Severity.WARNING, "MS-SMB2 2.2.10, 3.2.4.3", root,
                    "The share of the root is not marked as part of a namespace (SMB2_SHARE_CAP_DFS): clients do not name paths in it"
                            + " whole, and the server cannot tell them where a link begins."));
            return found;
        }
        long status = servers.open(DfsPath.of(link + "\\file.txt"));
        if (status != DfsServers.PATH_NOT_COVERED) {
            found.add(opening("probe-not-covered", Severity.ERROR, "MS-DFSC 3.1.5.1", link, "A file below the link is opened with "
                    + StatusCode.text(status) + " instead of STATUS_PATH_NOT_COVERED: clients learn of links by nothing else."));
        }
        return found;
    }

    private static AuditFinding opening(String rule, Severity severity, String clause, DfsPath path, String message) {
        return new AuditFinding(rule, severity, clause, new Provenance(path.prefix(2).toString(), "opening"), Optional.of(path.toString()),
                OptionalInt.empty(), message, 1);
    }

    private void add(String rule, Severity severity, String clause, ProbeAnswer answer, String message) {
        findings.add(new AuditFinding(rule, severity, clause, answer.exchange().seenAt(), Optional.of(answer.path()), OptionalInt.empty(),
                message, 1));
    }
}
