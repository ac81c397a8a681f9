package org.poolscope.dfs.audit;

import java.util.Locale;
import java.util.Optional;
import org.poolscope.dfs.LinkExtent;
import org.poolscope.dfs.LinkExtent.Sureness;

/**
 * Referrals are for links, not for what lies below them. This is the rule broken in the case this program began with: a server
 * that answered for each file as if it were a link, and a client whose memory was full of the answers.
 */
final class ReachesBelowLink extends AuditRule {

    private static final int MOST_TARGETS_NAMED = 4;

    private final SeenReferrals seen;

    ReachesBelowLink(SeenReferrals seen) {
        super("reaches-below-link", Severity.ERROR, "MS-DFSC 3.2.5.5",
                "The DFS path of a referral is the link, and its targets are the link's targets; what lies below is left to"
                        + " the client.");
        this.seen = seen;
    }

    @Override
    void check(AuditedReferral referral, Findings findings) {
        // how far a link reaches is known only when all was seen
    }

    @Override
    void conclude(Findings findings) {
        for (LinkExtent extent : seen.shape().reachingBelow()) {
            boolean sure = extent.sureness() != Sureness.POSSIBLE;
            if (!sure && extent.entries() == 1 && seen.isFromWire()) {
                // clients ask for a link by its exact name all the time
                continue;
            }
            String targets = String.join(", ", extent.targets().stream().limit(MOST_TARGETS_NAMED).toList())
                    + (extent.targets().size() > MOST_TARGETS_NAMED ? " and " + (extent.targets().size() - MOST_TARGETS_NAMED)
                            + " more" : "");
            String what = extent.entries() == 1 ? "The referral for " + extent.sample() + (sure ? " reaches" : " may reach")
                    : String.format(Locale.ROOT, "%,d", extent.entries()) + " referrals, such as that for " + extent.sample() + (sure ? ", reach" : ", may reach");
            findings.add(this, sure ? severity() : Severity.INFO, extent.seenAt().getFirst(), Optional.of(extent.sample()), -1,
                    what + " below the link" + (extent.files() > 0 ? ", down to single files" : "")
                            + ". The link itself seems to be "
                            + extent.link() + " with the targets " + targets + "; one referral for it would do.");
        }
    }
}
