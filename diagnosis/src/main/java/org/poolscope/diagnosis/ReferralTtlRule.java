package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.List;
import org.poolscope.dfs.NamespaceShape;
import org.poolscope.dfs.TtlDeviation;
import org.poolscope.model.Quantity;

/** Cache entries live much longer, or shorter, than referrals of their kind usually do (MS-DFSC: 1800 seconds for a link). */
final class ReferralTtlRule implements Rule {

    static final String ID = "referral-ttl";

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        NamespaceShape shape = ReferralCacheCost.shape(subject);
        boolean feedsLeak = earlier.stream().anyMatch(finding -> finding.rule().equals(FileLevelReferralsRule.ID)
                && finding.severity().isProblem());
        List<Finding> found = new ArrayList<>();
        for (TtlDeviation deviation : shape.ttlDeviations()) {
            found.add(finding(deviation, feedsLeak));
        }
        return found;
    }

    private Finding finding(TtlDeviation deviation, boolean feedsLeak) {
        boolean longer = deviation.seconds() > deviation.usualSeconds();
        String seconds = Quantity.count(deviation.seconds());
        String title = (deviation.remaining() ? "Referral cache entries expire only in " + seconds + " seconds (" + hours(deviation.seconds()) + ")"
                : "The time to live of referrals is " + seconds + " seconds (" + hours(deviation.seconds()) + ")")
                + "; " + Quantity.count(deviation.usualSeconds()) + " is usual";
        String explanation = Quantity.count(deviation.entries(), "entry is", "entries are") + " far from the usual. "
                + (longer ? "What the cache took in stays long: it grows with every name opened in that time. "
                        + "A reboot or an idle night may hide the growth."
                        : "Clients ask again and again; the server pays for it.");
        return Finding.of(this, longer && feedsLeak ? Severity.WARNING : Severity.NOTE,
                Confidence.high("the listing prints it; an administrator may have set it so"), title)
                .explanation(explanation)
                .evidence(deviation.seenAt())
                .next("Look up the time to live set for the namespace's links, and set it to 1800 seconds unless there is a reason.",
                        "dfsutil property ttl \\\\server\\root\\link")
                .build();
    }

    private static String hours(long seconds) {
        return seconds < 3600 ? seconds / 60 + " minutes" : String.format(java.util.Locale.ROOT, "%.1f hours", seconds / 3600.0);
    }
}
