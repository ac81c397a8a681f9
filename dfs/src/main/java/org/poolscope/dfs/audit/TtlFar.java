package org.poolscope.dfs.audit;

import org.poolscope.dfs.ReferralKind;
import org.poolscope.dfs.TtlDeviation;

/** A time to live is near what is usual. */
final class TtlFar extends AuditRule {

    TtlFar() {
        super("ttl-far", Severity.WARNING, "MS-DFSC 2.2.5, 3.2.5.5",
                "The time to live is not far from the usual: 300 seconds for roots, 1800 for links, 900 for SYSVOL, 600 for"
                        + " domains.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        ReferralKind kind = referral.answered();
        if (kind == null || !referral.succeeded()) {
            return;
        }
        for (AuditedReferral.Entry entry : referral.entries()) {
            Long seconds = entry.ttlSeconds();
            if (seconds == null) {
                continue;
            }
            if (TtlDeviation.isFarAbove(kind, seconds)) {
                findings.add(this, referral, entry.number(), "The time to live is " + (entry.ttlIsRest() ? "at least " : "")
                        + seconds
                        + " seconds; usual for this kind of referral is " + kind.usualTtlSeconds()
                                + ". A client keeps what it no longer needs,"
                        + " and goes on using what no longer holds, for that long.");
                return;
            }
            if (!entry.ttlIsRest() && TtlDeviation.isFarBelow(kind, seconds)) {
                findings.add(this, referral, entry.number(), "The time to live is " + seconds
                        + " seconds; usual for this kind of referral is "
                        + kind.usualTtlSeconds() + ". A client asks again at every other step.");
                return;
            }
        }
    }
}
