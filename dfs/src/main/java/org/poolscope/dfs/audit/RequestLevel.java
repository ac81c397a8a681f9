package org.poolscope.dfs.audit;

import org.poolscope.dfs.ReferralKind;

/** A client says which versions it takes. */
final class RequestLevel extends AuditRule {

    RequestLevel() {
        super("request-level", Severity.WARNING, "MS-DFSC 2.2.2, 3.1.4.2",
                "MaxReferralLevel is 1 to 4, and at least 3 for domain and DC referrals.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        Integer level = referral.maxLevel();
        if (level == null) {
            return;
        }
        if (level < 1 || level > 4) {
            findings.add(this, referral, "The client asked with MaxReferralLevel " + level + "; there are versions 1 to 4.");
        } else if (level < 3 && referral.request().isEmpty()) {
            findings.add(this, referral, "The client asked for the trusted domains with MaxReferralLevel " + level
                    + "; that needs 3.");
        } else if (level < 3 && referral.asked() == ReferralKind.DC && referral.succeeded()) {
            findings.add(this, referral, "The client asked for domain controllers with MaxReferralLevel " + level
                    + "; that needs 3.");
        }
    }
}
