package org.poolscope.dfs.audit;

import java.util.Optional;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.message.ReferralReply;

/** A link to another namespace says so. */
final class InterlinkMark extends AuditRule {

    private final SeenReferrals seen;

    InterlinkMark(SeenReferrals seen) {
        super("interlink-mark", Severity.WARNING, "MS-DFSC 2.2.4, 3.1.5.4.5",
                "A link whose targets lie in another namespace has R and not S in the header, so that the client asks on there.");
        this.seen = seen;
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        // what is a namespace is known only when all was seen
    }

    @Override
    void conclude(Findings findings) {
        for (SeenReferrals.Held link : seen.all()) {
            boolean says = link.flags() == null || (link.flags() & ReferralReply.FLAG_REFERRAL_SERVERS) != 0;
            if (says || link.path().components() < 3) {
                continue;
            }
            for (DfsPath target : link.targets()) {
                SeenReferrals.Held root = seen.get(target.prefix(2));
                boolean isRoot = root != null && root.flags() != null
                        && (root.flags() & ReferralReply.FLAG_REFERRAL_SERVERS) != 0;
                SeenReferrals.Held namesake = namesake(link, target);
                if (isRoot && target.components() > 2) {
                    findings.add(this, severity(), link.seenAt(), Optional.of(link.path().toString()), -1, "The target " + target
                            + " lies in the namespace " + root.path()
                                    + ", but the header does not say that its server refers further.");
                    break;
                }
                if (namesake != null) {
                    findings.add(this, Severity.INFO, link.seenAt(), Optional.of(link.path().toString()), -1, "The target "
                            + target
                            + " looks like the link " + namesake.path()
                                    + " under another server's name; if it is, the header should say that"
                            + " its server refers further.");
                    break;
                }
            }
        }
    }

    /** The link that the target would be if its server were another name of the server that gave this link. */
    private SeenReferrals.Held namesake(SeenReferrals.Held link, DfsPath target) {
        String text = target.toString();
        int second = text.indexOf('\\', 1);
        if (target.components() < 3 || second < 0) {
            return null;
        }
        SeenReferrals.Held other = seen.get(DfsPath.of(link.path().prefix(1) + text.substring(second)));
        return other == link ? null : other;
    }
}
