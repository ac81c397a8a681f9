package org.poolscope.dfs.audit;

import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.ReferralKind;

/** PathConsumed and DFS path say the same. */
final class PathConsumedAgreement extends AuditRule {

    PathConsumedAgreement() {
        super("path-consumed-dfs-path", Severity.ERROR, "MS-DFSC 2.2.4, 3.2.5.5, 3.3.5.2 to 3.3.5.4",
                "PathConsumed covers as much of the path asked for as the DFS path of the entries stands for; it is 0 in"
                        + " domain and DC referrals.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        if (referral.pathConsumed() == null || referral.entries().isEmpty() || !referral.succeeded() || !referral.isSound()) {
            return;
        }
        if (referral.expectedConsumed() != null) {
            if (!referral.pathConsumed().equals(referral.expectedConsumed())) {
                findings.add(this, referral, "PathConsumed is " + referral.pathConsumed() + ", but the DFS path has "
                        + referral.expectedConsumed() + " bytes.");
            }
            return;
        }
        AuditedReferral.Entry first = referral.entries().getFirst();
        if (first.names() != null) {
            if (referral.pathConsumed() != 0) {
                findings.add(this, referral, "PathConsumed is " + referral.pathConsumed()
                        + " in a list of names, where it must be 0.");
            }
        } else if (referral.request() != null && first.dfsPath() != null) {
            checkPath(referral, first.dfsPath(), findings);
        }
    }

    private void checkPath(AuditedReferral referral, String dfsPath, Findings findings) {
        int end = referral.pathConsumed() / 2;
        String request = referral.request();
        if (end > request.length() || referral.asked() == ReferralKind.DOMAIN || referral.asked() == ReferralKind.DC) {
            return;
        }
        // the server's name may stand in the request with its domain and in the entry without, so components are counted, not
        // characters
        int consumed = DfsPath.of(request.substring(0, end)).components();
        int named = DfsPath.of(dfsPath).components();
        boolean separatorEaten = end > 1 && request.charAt(end - 1) == '\\';
        if (consumed != named) {
            findings.add(this, referral, "PathConsumed is " + referral.pathConsumed() + ", which covers " + consumed
                    + " components of the path asked for, but the DFS path " + dfsPath + " has " + named + ".");
        } else if (separatorEaten) {
            findings.add(this, referral, "PathConsumed is " + referral.pathConsumed() + ", which covers the separator after "
                    + request.substring(0, end - 1) + " too; a client that appends the rest joins two names into one.");
        }
    }
}
