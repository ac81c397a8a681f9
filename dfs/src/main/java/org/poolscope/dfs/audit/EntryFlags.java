package org.poolscope.dfs.audit;

import org.poolscope.dfs.message.ReferralEntry;

/** The flags of entries are those of their version. */
final class EntryFlags extends AuditRule {

    EntryFlags() {
        super("entry-flags", Severity.WARNING, "MS-DFSC 2.2.5",
                "ReferralEntryFlags hold only what their version has: nothing in versions 1 and 2, the name list bit in 3, the"
                        + " target set bit in 4.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        for (AuditedReferral.Entry entry : referral.entries()) {
            if (entry.flags() == null || entry.version() == null) {
                continue;
            }
            int allowed = switch (entry.version()) {
                case 3 -> ReferralEntry.FLAG_NAME_LIST;
                case 4 -> ReferralEntry.FLAG_TARGET_SET_BOUNDARY;
                default -> 0;
            };
            if ((entry.flags() & ~allowed) != 0) {
                findings.add(this, referral, entry.number(),
                        String.format("The entry's flags are 0x%x; version %d has only 0x%x.",
                        entry.flags(), entry.version(), allowed));
            }
        }
    }
}
