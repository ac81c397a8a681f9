package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.poolscope.dfs.ReferralCacheEntry;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Quantity;
import org.poolscope.model.TagUsage;

/**
 * Tags whose counts move together betray the shape of the object that leaks; the shape is matched with what else in the case counts
 * the same. Two tags may agree by chance, so three are needed. Looks only at tables in which another rule accused a tag: in a healthy machine companions are of no interest.
 */
final class CompanionTagsRule implements Rule {

    static final String ID = "companion-tags";

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        List<Finding> found = new ArrayList<>();
        for (Finding accusation : earlier) {
            if (!accusation.rule().equals(TagHoldsPoolRule.ID) || !accusation.severity().isProblem()) {
                continue;
            }
            subject.once(PoolBooks.class, PoolBooks::of).telling(accusation.pool()).stream()
                    .filter(snapshot -> snapshot.rows().stream().map(TagUsage::tag).toList().containsAll(accusation.tags()))
                    .flatMap(snapshot -> CompanionTags.find(snapshot, accusation.pool()).stream())
                    .filter(group -> group.all().size() > 2)
                    .filter(group -> group.all().stream().anyMatch(row -> accusation.tags().contains(row.tag())))
                    .limit(2)
                    .forEach(group -> found.add(finding(group, accusation, subject)));
        }
        return found;
    }

    private Finding finding(CompanionTags group, Finding accusation, Case subject) {
        String objects = names(group.objects());
        String title;
        if (group.parts().isEmpty()) {
            title = "Tags " + objects + " have the same number of blocks, " + Quantity.count(group.count()) + ": they are parts of one object";
        } else {
            title = "For each block of " + objects + " there are " + group.times() + " of " + names(group.parts()) + ": one object with "
                    + group.times() + " sub-objects, " + Quantity.count(group.count()) + " times";
        }
        Finding.Builder finding = Finding.of(this, Severity.NOTE, confidence(group), title)
                .tags(group.all().stream().map(TagUsage::tag).toList())
                .pool(group.pool())
                .explanation(explanation(group, accusation, subject));
        if (accusation.driver() != null) {
            finding.driver(accusation.driver());
        }
        for (TagUsage row : group.all()) {
            finding.evidence(row.seenAt() != null ? row.seenAt() : group.snapshot().seenAt());
        }
        return finding.build();
    }

    private static Confidence confidence(CompanionTags group) {
        String exactness = group.worstDeviation() == 0 ? "the counts are exactly in this ratio"
                : "the counts are within " + String.format(Locale.ROOT, "%.4f%%", group.worstDeviation() * 100) + " of this ratio";
        return Confidence.high(group.all().size() + " tags fit and " + exactness);
    }

    private static String explanation(CompanionTags group, Finding accusation, Case subject) {
        StringBuilder text = new StringBuilder();
        long each = group.bytes() / Math.max(1, group.count());
        text.append("An object takes ").append(Quantity.bytes(each)).append(" in ")
                .append(group.objects().size() + group.parts().size() * group.times()).append(" blocks; all objects together, in these ").append(group.all().size())
                .append(" tags, ").append(Quantity.bytes(group.bytes())).append(". ");
        List<PoolTag> outside = group.all().stream().map(TagUsage::tag).filter(tag -> !accusation.tags().contains(tag)).toList();
        if (!outside.isEmpty()) {
            text.append("Tags of other owners belong to it: ").append(outside).append(". ");
        }
        Map<Integer, Integer> targets = new TreeMap<>();
        subject.facts(ReferralCacheEntry.class).forEach(entry -> targets.merge(entry.targets().size(), 1, Integer::sum));
        Integer same = targets.get(group.times());
        if (group.times() > 1 && same != null) {
            int entries = targets.values().stream().mapToInt(Integer::intValue).sum();
            text.append(same == entries ? (entries == 1 ? "The referral cache entry listed has " : "Every one of the "
                            + Quantity.count(entries) + " referral cache entries listed has ")
                    : Quantity.count(same) + " of " + Quantity.count(entries) + " referral cache entries listed have ")
                    .append(group.times()).append(" targets: the same shape. ");
        }
        return text.toString().strip();
    }

    private static String names(List<TagUsage> rows) {
        List<String> names = rows.stream().map(row -> "'" + row.tag() + "'").toList();
        return names.size() == 1 ? names.getFirst()
                : String.join(", ", names.subList(0, names.size() - 1)) + " and " + names.getLast();
    }
}
