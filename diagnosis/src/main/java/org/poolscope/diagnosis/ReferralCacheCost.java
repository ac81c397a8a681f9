package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.poolscope.dfs.CacheCost;
import org.poolscope.dfs.NamespaceShape;
import org.poolscope.dfs.ReferralCacheEntry;
import org.poolscope.dfs.ReferralExchange;
import org.poolscope.dfs.ReferralText;
import org.poolscope.model.Fact;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.Provenance;

/** The referral cache as the rules see it: its shape, the driver that keeps it, and whether that driver's tags stand accused. */
final class ReferralCacheCost {

    /** The DFS client is part of mup.sys up to Windows Server 2003 and a driver of its own, dfsc.sys, since Vista. */
    private static final List<String> CACHE_OWNERS = List.of("mup.sys", "dfsc.sys");

    private ReferralCacheCost() {
    }

    /**
     * What a client holds.
     *
     * @param entries entries of its cache
     * @param targets targets of all of them together
     * @param seenAt the pool table or listing that shows so many
     * @param objects the tags of the pool table that go with the entries, which are told by their shape: as many sub-objects as a referral has
     *     targets; {@code null} when it was no pool table
     */
    record Held(long entries, long targets, Provenance seenAt, CompanionTags objects) {

        /** Whether it was a pool table. */
        boolean isTable() {
            return objects != null;
        }

        /** Bytes of paged pool, estimated from entries and targets: all tags of the driver that grow with them, and the names of the paths. */
        long bytes() {
            return new CacheCost(entries, targets).bytes();
        }
    }

    /** What all referral cache entries, quoted referrals and captured exchanges of a case say of their namespaces. */
    static NamespaceShape shape(Case subject) {
        return subject.once(NamespaceShape.class, all -> {
            List<Fact> facts = new ArrayList<>(all.facts(ReferralCacheEntry.class));
            facts.addAll(all.facts(ReferralText.class));
            facts.addAll(all.facts(ReferralExchange.class));
            return NamespaceShape.ofFacts(facts);
        });
    }

    /** The shape of the referral cache alone, as its listing shows it. */
    static NamespaceShape listed(Case subject) {
        return subject.once(Listed.class, all -> new Listed(NamespaceShape.of(all.facts(ReferralCacheEntry.class)))).shape();
    }

    private record Listed(NamespaceShape shape) {
    }

    /** How many entries the client would need: for what its cache lists, else for what was quoted and captured. */
    static int needed(Case subject) {
        NamespaceShape listed = listed(subject);
        return listed.entriesHeld() > 0 ? listed.entriesNeeded() : shape(subject).entriesNeeded();
    }

    /**
     * How much the client holds: by the pool table, when the accused tags stand in it as objects of the shape of an entry; else by the
     * listing of its cache. Empty when neither shows it.
     *
     * @param targets how many targets an entry has
     */
    static Optional<Held> held(Case subject, int targets, List<Finding> earlier) {
        Optional<Finding> holder = holder(earlier);
        if (holder.isPresent()) {
            for (PoolSnapshot snapshot : subject.facts(PoolSnapshot.class)) {
                for (CompanionTags group : CompanionTags.find(snapshot, PoolKind.PAGED)) {
                    if (targets > 1 && group.times() == targets && group.count() > needed(subject)
                            && group.all().stream().anyMatch(row -> holder.get().tags().contains(row.tag()))) {
                        return Optional.of(new Held(group.count(), group.count() * targets, snapshot.seenAt(), group));
                    }
                }
            }
        }
        NamespaceShape listed = listed(subject);
        List<ReferralCacheEntry> entries = subject.facts(ReferralCacheEntry.class);
        return entries.size() < 2 ? Optional.empty() : Optional.of(new Held(listed.entriesHeld(), listed.targetsHeld(),
                new Provenance(entries.getFirst().seenAt().file(), ""), null));
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
