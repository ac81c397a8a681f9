package org.poolscope.diagnosis;

import java.util.List;
import java.util.Map;
import org.poolscope.dfs.NamespaceShape;
import org.poolscope.dfs.ReferralCacheEntry;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;

/** The client's referral cache holds many times the entries that a namespace of that shape needs. */
final class ReferralCacheSizeRule implements Rule {

    static final String ID = "referral-cache-size";

    /** A client of a large company's namespaces may well know some hundred links. */
    private static final int FEWEST_ENTRIES = 500;
    private static final int TIMES_NEEDED = 10;

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        List<ReferralCacheEntry> entries = subject.facts(ReferralCacheEntry.class);
        NamespaceShape shape = ReferralCacheCost.listed(subject);
        if (shape.entriesHeld() < FEWEST_ENTRIES || shape.entriesHeld() < (long) TIMES_NEEDED * shape.entriesNeeded()) {
            return List.of();
        }
        String needed = shape.entriesNeeded() == 1 ? "1 would do" : Quantity.count(shape.entriesNeeded()) + " would do";
        Finding.Builder finding = Finding.of(this, Severity.WARNING,
                Confidence.high("all entries of the listing were counted, and the links inferred from paths and targets"),
                "The referral cache holds " + Quantity.count(shape.entriesHeld()) + " entries with " + Quantity.count(shape.targetsHeld())
                        + " targets; " + needed)
                .pool(PoolKind.PAGED)
                .explanation(cost(subject, shape, earlier))
                .evidence(entries.stream().map(ReferralCacheEntry::seenAt).map(ReferralCacheSizeRule::file).distinct().toList());
        ReferralCacheCost.holder(earlier).ifPresent(holder -> finding.driver(holder.driver()).tags(holder.tags()));
        return List.of(finding.build());
    }

    private static Provenance file(Provenance entry) {
        return new Provenance(entry.file(), "");
    }

    /** What an entry costs, when a pool table shows an object of the same shape: as many sub-objects as the entries have targets. */
    private static String cost(Case subject, NamespaceShape shape, List<Finding> earlier) {
        StringBuilder text = new StringBuilder();
        Map.Entry<Integer, Integer> usual = shape.targetsPerEntry().entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
        text.append(Quantity.count(usual.getValue(), "entry has ", "entries have ")).append(Quantity.count(usual.getKey(), "target", "targets"))
                .append(". ");
        if (ReferralCacheCost.holder(earlier).isEmpty()) {
            return text.toString().strip();
        }
        for (PoolSnapshot snapshot : subject.facts(PoolSnapshot.class)) {
            for (CompanionTags group : CompanionTags.find(snapshot, PoolKind.PAGED)) {
                if (group.times() == usual.getKey()) {
                    long each = group.bytes() / group.count();
                    text.append("The pool table of ").append(snapshot.seenAt().file()).append(" has ")
                            .append(Quantity.count(group.count(), "object", "objects")).append(" of this very shape, at ")
                            .append(Quantity.bytes(each)).append(" each: ").append(Quantity.bytes(group.bytes()))
                            .append(" of paged pool in the ").append(group.all().size()).append(" tags that make up the shape, for entries of which ").append(Quantity.count(shape.entriesNeeded()))
                            .append(" would take ").append(Quantity.bytes(each * shape.entriesNeeded())).append(". ");
                    return text.toString().strip();
                }
            }
        }
        return text.toString().strip();
    }
}
