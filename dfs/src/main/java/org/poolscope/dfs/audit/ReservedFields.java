package org.poolscope.dfs.audit;

/** What must be zero is zero. */
final class ReservedFields extends AuditRule {

    ReservedFields() {
        super("reserved-fields", Severity.INFO, "MS-DFSC 2.2.5.2, 2.2.5.3",
                "Proximity and ServiceSiteGuid are zero.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        for (AuditedReferral.Entry entry : referral.entries()) {
            if (entry.reserved()) {
                findings.add(this, referral, entry.number(), "Proximity or ServiceSiteGuid is not zero.");
            }
        }
    }
}
