package org.poolscope.dfs.audit;

import org.poolscope.dfs.ReferralKind;
import org.poolscope.dfs.message.ReferralReply;

/** The header says what the targets can do. */
final class HeaderFlags extends AuditRule {

    HeaderFlags() {
        super("header-flags", Severity.WARNING, "MS-DFSC 2.2.4, 3.2.5.5, 3.3.5.2 to 3.3.5.4",
                "The header flags fit the kind of referral: R and S for roots, S for links and SYSVOL, R for links to other"
                        + " namespaces, none for names; T only in version 4.");
    }

    private static final long R = ReferralReply.FLAG_REFERRAL_SERVERS;
    private static final long S = ReferralReply.FLAG_STORAGE_SERVERS;
    private static final long T = ReferralReply.FLAG_TARGET_FAILBACK;

    @Override
    void check(AuditedReferral referral, Findings findings) {
        Long flags = referral.headerFlags();
        if (flags == null || referral.entries().isEmpty() || !referral.succeeded()) {
            return;
        }
        if ((flags & ~(R | S | T)) != 0) {
            findings.add(this, referral, String.format("The header flags are 0x%x; only the lowest three bits have a meaning.",
                    flags));
        }
        Integer version = referral.entries().getFirst().version();
        if ((flags & T) != 0 && version != null && version != 4) {
            findings.add(this, referral, "The header asks for target failback, which only version 4 has; the entries have"
                    + " version "
                    + version + ".");
        }
        checkKind(referral, flags & (R | S), findings);
    }

    private void checkKind(AuditedReferral referral, long servers, Findings findings) {
        AuditedReferral.Entry first = referral.entries().getFirst();
        if (first.names() != null) {
            expect(referral, servers, servers == 0, "a list of names, which has neither R nor S", findings);
            return;
        }
        ReferralKind kind = referral.answered();
        if (kind == null || first.dfsPath() == null) {
            return;
        }
        // a name at the place of a root may be a link itself (root consolidation): then ServerType is 0
        boolean root = kind == ReferralKind.ROOT && (first.serverType() == null || first.serverType() == 1);
        if (root) {
            expect(referral, servers, servers == (R | S), "a namespace root, which has R and S", findings);
        } else if (kind == ReferralKind.SYSVOL) {
            expect(referral, servers, servers == S || servers == (R | S) && Integer.valueOf(1).equals(first.version()),
                    "SYSVOL or NETLOGON, which has S alone", findings);
        } else if (kind == ReferralKind.LINK || kind == ReferralKind.ROOT) {
            expect(referral, servers, servers == S || servers == R,
                    "a link, which has S alone, or R alone when it leads to another namespace", findings);
        }
    }

    private void expect(AuditedReferral referral, long servers, boolean asExpected, String what, Findings findings) {
        if (!asExpected) {
            String seen = servers == 0 ? "neither R nor S" : servers == R ? "R alone" : servers == S ? "S alone" : "R and S";
            findings.add(this, referral, "The header has " + seen + ", but the referral is for " + what + ".");
        }
    }
}
