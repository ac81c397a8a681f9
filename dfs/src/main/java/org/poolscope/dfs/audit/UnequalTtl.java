package org.poolscope.dfs.audit;

import java.util.SortedSet;
import java.util.TreeSet;

/** All entries of a reply live equally long. */
final class UnequalTtl extends AuditRule {

    UnequalTtl() {
        super("unequal-ttl", Severity.WARNING, "MS-DFSC 3.2.5.5",
                "All entries of a reply have the same time to live.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        SortedSet<Long> seconds = new TreeSet<>();
        for (AuditedReferral.Entry entry : referral.entries()) {
            if (entry.ttlSeconds() != null) {
                seconds.add(entry.ttlSeconds());
            }
        }
        if (seconds.size() > 1) {
            findings.add(this, referral, "The entries of one reply have different times to live: " + seconds.first() + " to "
                    + seconds.last()
                    + " seconds; clients keep only one.");
        }
    }
}
