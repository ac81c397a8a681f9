package org.poolscope.dfs.audit;

import org.poolscope.dfs.message.Breach;

/** Entries have the size of their version. */
final class EntryLayout extends AuditRule {

    EntryLayout() {
        super("entry-layout", Severity.ERROR, "MS-DFSC 2.2.5",
                "Each entry has a version of 1 to 4 and at least the size of its version.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        for (Breach breach : referral.replyBreaches()) {
            if (breach.kind() == Breach.Kind.ENTRY_SIZE || breach.kind() == Breach.Kind.UNKNOWN_VERSION) {
                findings.add(this, referral, breach.entry(), "An entry is malformed: " + breach.message() + ".");
            }
        }
    }
}
