package org.poolscope.dfs.audit;

import org.poolscope.dfs.ReferralKind;

/** PathConsumed ends between components. */
final class PathConsumedBoundary extends AuditRule {

    PathConsumedBoundary() {
        super("path-consumed-boundary", Severity.ERROR, "MS-DFSC 3.1.5.4.3, 3.2.5.5",
                "PathConsumed ends where a component of the path asked for ends.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        if (referral.pathConsumed() == null || referral.request() == null || referral.entries().isEmpty()
                || !referral.succeeded()) {
            return;
        }
        int end = referral.pathConsumed() / 2;
        String request = referral.request();
        if (referral.asked() == ReferralKind.DOMAIN || referral.asked() == ReferralKind.DC || end > request.length()) {
            return;
        }
        boolean between = end == request.length() || request.charAt(end) == '\\' || request.charAt(end) == '/';
        if (!between) {
            findings.add(this, referral, "PathConsumed is " + referral.pathConsumed() + ", which ends inside a component: after "
                    + request.substring(0, end) + " comes " + request.substring(end) + ".");
        }
    }
}
