package org.poolscope.dfs.audit;

import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.ReferralKind;

/** A link does not lead to itself. */
final class SelfReferral extends AuditRule {

    SelfReferral() {
        super("self-referral", Severity.ERROR, "MS-DFSC 3.1.4.1, 3.1.5.4.5",
                "No target of a link is the link itself or lies below it.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        for (AuditedReferral.Entry entry : referral.targets()) {
            if (entry.dfsPath() == null) {
                continue;
            }
            DfsPath path = DfsPath.of(entry.dfsPath());
            DfsPath target = DfsPath.of(entry.target());
            // a stand-alone root is its own target
            boolean same = target.equals(path) && path.components() > 2;
            if (path.components() > 1 && (same || target.isBelow(path))) {
                findings.add(this, referral, entry.number(), "The target " + entry.target() + " is, or lies below, the link "
                        + entry.dfsPath()
                        + " itself: a client goes round in circles.");
            }
        }
    }
}
