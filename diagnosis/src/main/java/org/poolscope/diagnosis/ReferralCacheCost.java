package org.poolscope.diagnosis;

import java.util.List;
import java.util.Optional;
import org.poolscope.dfs.NamespaceShape;
import org.poolscope.dfs.ReferralCacheEntry;
import org.poolscope.dfs.ReferralText;
import org.poolscope.model.PoolKind;

/** The referral cache as the rules see it: its shape, the driver that keeps it, and whether that driver's tags stand accused. */
final class ReferralCacheCost {

    /** The DFS client is part of mup.sys up to Windows Server 2003 and a driver of its own, dfsc.sys, since Vista. */
    private static final List<String> CACHE_OWNERS = List.of("mup.sys", "dfsc.sys");

    private ReferralCacheCost() {
    }

    /** What all referral cache entries and quoted referrals of a case say of their namespaces. */
    static NamespaceShape shape(Case subject) {
        return subject.once(NamespaceShape.class,
                all -> NamespaceShape.of(all.facts(ReferralCacheEntry.class), all.facts(ReferralText.class)));
    }

    /** The finding that accuses the tags of the driver that keeps the referral cache. */
    static Optional<Finding> holder(List<Finding> earlier) {
        return earlier.stream()
                .filter(finding -> finding.rule().equals(TagHoldsPoolRule.ID) || finding.rule().equals(GrowingTagRule.ID))
                .filter(finding -> finding.severity().isProblem() && finding.pool() == PoolKind.PAGED)
                .filter(finding -> finding.driver() != null && CACHE_OWNERS.contains(finding.driver()))
                .findFirst();
    }
}
