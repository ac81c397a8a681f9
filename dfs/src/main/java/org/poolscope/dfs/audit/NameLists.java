package org.poolscope.dfs.audit;

import java.util.List;
import java.util.Optional;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.ReferralKind;

/** Domain and DC referrals list names as they should. */
final class NameLists extends AuditRule {

    NameLists() {
        super("name-list", Severity.ERROR, "MS-DFSC 2.2.5.3.2, 3.3.5.2, 3.3.5.3",
                "Domain and DC referrals list names in version 3, each with one leading backslash; other referrals list"
                        + " targets.");
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        if (referral.asked() == null || !referral.succeeded()) {
            return;
        }
        boolean wanted = referral.asked() == ReferralKind.DOMAIN || referral.asked() == ReferralKind.DC;
        for (AuditedReferral.Entry entry : referral.entries()) {
            if (wanted != (entry.names() != null)) {
                findings.add(this, referral, entry.number(), wanted ? "The client asked for names of "
                        + (referral.asked() == ReferralKind.DC ? "domain controllers" : "domains")
                                + ", but the entry names a target."
                        : "The client asked for targets, but the entry lists names.");
            } else if (wanted) {
                checkNames(referral, entry, findings);
            }
        }
        if (referral.asked() == ReferralKind.DC && referral.entries().size() > 1) {
            findings.add(this, referral, "A DC referral has exactly one entry; this one has " + referral.entries().size() + ".");
        }
    }

    private void checkNames(AuditedReferral referral, AuditedReferral.Entry entry, Findings findings) {
        List<String> names = entry.names();
        if (entry.version() != null && entry.version() != 3) {
            findings.add(this, referral, entry.number(), "A list of names has version " + entry.version()
                    + "; it is always version 3.");
        }
        for (String name : names) {
            Optional<String> problem = PathForm.problem(name, 1);
            problem.ifPresent(text -> findings.add(this, referral, entry.number(), "The name " + name + " " + text + "."));
        }
        if (referral.asked() == ReferralKind.DOMAIN && names.size() > 1) {
            findings.add(this, referral, entry.number(), "A domain referral lists domain controllers too: " + (names.size() - 1)
                    + " of them.");
        }
        if (referral.asked() == ReferralKind.DC && !DfsPath.of(names.getFirst()).equals(DfsPath.of(referral.request()))) {
            findings.add(this, referral, entry.number(), "The client asked for the domain controllers of " + referral.request()
                    + ", but the entry is for " + names.getFirst() + ".");
        }
    }
}
