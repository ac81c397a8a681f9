package org.poolscope.dfs.audit;

import org.poolscope.dfs.message.ReferralEntry;

/** The first target begins a target set. */
final class TargetSetBoundary extends AuditRule {

    TargetSetBoundary() {
        super("target-set-boundary", Severity.WARNING, "MS-DFSC 2.2.5.4",
                "The first entry of a version 4 reply begins a target set.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        if (referral.entries().isEmpty()) {
            return;
        }
        AuditedReferral.Entry first = referral.entries().getFirst();
        if (first.version() != null && first.version() == 4 && first.names() == null && first.flags() != null
                && (first.flags() & ReferralEntry.FLAG_TARGET_SET_BOUNDARY) == 0) {
            findings.add(this, referral, 0, "The first entry of a version 4 reply is not marked as the beginning of a target"
                    + " set.");
        }
    }
}
