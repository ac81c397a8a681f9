package org.poolscope.dfs.audit;

import org.poolscope.dfs.ReferralKind;

/** ServerType tells roots from links. */
final class ServerType extends AuditRule {

    ServerType() {
        super("server-type", Severity.WARNING, "MS-DFSC 2.2.5, 3.2.5.5",
                "ServerType is 1 for the targets of a root, 0 for those of links, of SYSVOL and in lists of names.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        for (AuditedReferral.Entry entry : referral.entries()) {
            Integer type = entry.serverType();
            if (type == null || !referral.succeeded()) {
                continue;
            }
            if (type > 1) {
                findings.add(this, referral, entry.number(), "ServerType is " + type + "; there are only 0 and 1.");
            } else if (type == 1 && (entry.names() != null || referral.answered() == ReferralKind.LINK
                    || referral.answered() == ReferralKind.SYSVOL)) {
                findings.add(this, referral, entry.number(),
                        "ServerType is 1, root targets, but the referral is not for a namespace root.");
            }
        }
    }
}
