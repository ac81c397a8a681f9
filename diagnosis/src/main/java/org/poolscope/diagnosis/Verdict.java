package org.poolscope.diagnosis;

import java.util.List;

/**
 * What a case comes to.
 *
 * @param subject the case
 * @param sentence the verdict in one sentence
 * @param findings the findings, the most important first
 */
public record Verdict(Case subject, String sentence, List<Finding> findings) {

    public Verdict {
        findings = List.copyOf(findings);
    }

    /** Whether anything is wrong. */
    public boolean isProblem() {
        return findings.stream().anyMatch(finding -> finding.severity().isProblem());
    }
}
