package org.poolscope.dfs.audit;

/** PathConsumed counts UTF-16 characters. */
final class PathConsumedParity extends AuditRule {

    PathConsumedParity() {
        super("path-consumed-odd", Severity.ERROR, "MS-DFSC 2.2.4",
                "PathConsumed is even: it counts bytes of UTF-16 characters.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        boolean inUtf16 = referral.expectedConsumed() == null;
        if (referral.pathConsumed() != null && inUtf16 && (referral.pathConsumed() & 1) != 0) {
            findings.add(this, referral, "PathConsumed is " + referral.pathConsumed() + ", an odd number: half a character.");
        }
    }
}
