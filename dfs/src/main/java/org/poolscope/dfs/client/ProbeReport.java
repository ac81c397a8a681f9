package org.poolscope.dfs.client;

import java.util.List;
import org.poolscope.dfs.audit.AuditFinding;

/**
 * What a probe found out about a server.
 *
 * @param namespace the root that was probed: {@code \server\root}
 * @param dialect the SMB dialect agreed on
 * @param links the links found, as paths; the first is the one most questions were about
 * @param folders folders of the root that are no links: links below them do not show, and were asked about only when named
 * @param answers all questions and answers, in order
 * @param findings what does not keep the rules, the worst first
 */
public record ProbeReport(String namespace, String dialect, List<String> links, List<String> folders, List<ProbeAnswer> answers,
        List<AuditFinding> findings) {

    /** Copies the lists. */
    public ProbeReport {
        links = List.copyOf(links);
        folders = List.copyOf(folders);
        answers = List.copyOf(answers);
        findings = List.copyOf(findings);
    }
}
