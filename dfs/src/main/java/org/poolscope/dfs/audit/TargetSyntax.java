package org.poolscope.dfs.audit;

/** Targets name a server and a share. */
final class TargetSyntax extends AuditRule {

    TargetSyntax() {
        super("target-syntax", Severity.ERROR, "MS-DFSC 2.2.5, 3.2.5.5",
                "Each target is \\server\\share, or a folder below one, with one leading backslash and no empty component.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        if (!referral.isSound()) {
            return;
        }
        for (AuditedReferral.Entry entry : referral.targets()) {
            PathForm.problem(entry.target(), 2)
                    .ifPresent(problem -> findings.add(this, referral, entry.number(), "The target " + entry.target() + " "
                            + problem + "."));
        }
    }
}
