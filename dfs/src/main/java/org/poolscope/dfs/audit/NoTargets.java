package org.poolscope.dfs.audit;

import org.poolscope.dfs.ReferralExchange;

/** A success names targets. */
final class NoTargets extends AuditRule {

    NoTargets() {
        super("no-targets", Severity.WARNING, "MS-DFSC 3.1.5.4.3",
                "A successful reply names at least one target; with none the client fails as if the path did not exist.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        boolean wire = referral.source() == AuditedReferral.Source.WIRE && referral.status() != null
                && referral.status() == ReferralExchange.STATUS_SUCCESS && referral.isSound();
        boolean nothing = referral.entries().isEmpty();
        if (wire && nothing && referral.problems().isEmpty()) {
            findings.add(this, referral, "The server answered with success and no target: the client reports that the path"
                    + " does not exist.");
        }
    }
}
