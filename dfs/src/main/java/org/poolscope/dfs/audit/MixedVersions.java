package org.poolscope.dfs.audit;

import java.util.SortedSet;
import java.util.TreeSet;

/** All entries of a reply have one version. */
final class MixedVersions extends AuditRule {

    MixedVersions() {
        super("mixed-versions", Severity.ERROR, "MS-DFSC 2.2.4, 3.1.5.4",
                "All entries of a reply have the same version.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        SortedSet<Integer> versions = new TreeSet<>();
        for (AuditedReferral.Entry entry : referral.entries()) {
            if (entry.version() != null) {
                versions.add(entry.version());
            }
        }
        if (versions.size() > 1) {
            findings.add(this, referral, "The reply mixes entries of versions " + versions
                    + "; clients take the version of the first for all.");
        }
    }
}
