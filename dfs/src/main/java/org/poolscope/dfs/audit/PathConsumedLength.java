package org.poolscope.dfs.audit;

import org.poolscope.dfs.ReferralKind;

/** PathConsumed stays within the request. */
final class PathConsumedLength extends AuditRule {

    PathConsumedLength() {
        super("path-consumed-length", Severity.ERROR, "MS-DFSC 2.2.4",
                "PathConsumed is at most the length of the path asked for.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        if (referral.pathConsumed() == null || referral.request() == null || !referral.succeeded()) {
            return;
        }
        if (referral.asked() == ReferralKind.DOMAIN || referral.asked() == ReferralKind.DC) {
            // must be 0 there, whatever was asked for: another rule's
            return;
        }
        int most = 2 * referral.request().length();
        if (referral.pathConsumed() > most) {
            findings.add(this, referral, "PathConsumed is " + referral.pathConsumed() + ", but the path asked for has only "
                    + most + " bytes.");
        }
    }
}
