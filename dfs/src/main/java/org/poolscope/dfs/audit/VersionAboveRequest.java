package org.poolscope.dfs.audit;

/** Servers answer in a version the client takes. */
final class VersionAboveRequest extends AuditRule {

    VersionAboveRequest() {
        super("version-above-request", Severity.ERROR, "MS-DFSC 3.2.5.1",
                "The version of the entries is no higher than the client asked for.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        Integer level = referral.maxLevel();
        if (level == null || referral.entries().isEmpty()) {
            return;
        }
        AuditedReferral.Entry first = referral.entries().getFirst();
        if (first.version() != null && first.version() > level) {
            findings.add(this, referral, "The client takes versions up to " + level + ", but the server answered with version "
                    + first.version() + ".");
        }
    }
}
