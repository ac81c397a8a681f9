package org.poolscope.dfs.audit;

/** The SMB messages around a referral are sound. */
final class Carrier extends AuditRule {

    Carrier() {
        super("carrier", Severity.WARNING, "MS-SMB2 2.2.31, 2.2.32; MS-CIFS 2.2.6.16",
                "The SMB message that carries a referral says truly where it begins and how long it is.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        referral.problems().forEach(problem -> findings.add(this, referral, "The SMB message is not sound: " + problem + "."));
    }
}
