package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.poolscope.driver.TagMap;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Quantity;

/** An accused tag that a map of a retagged driver knows: the very call site that allocates. */
final class TagMapRule implements Rule {

    static final String ID = "tag-map";

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        DriverBook drivers = subject.once(DriverBook.class, DriverBook::of);
        List<Finding> found = new ArrayList<>();
        Set<PoolTag> told = new HashSet<>();
        for (Finding accusation : earlier) {
            if (!TagSitesRule.ACCUSING.contains(accusation.rule())) {
                continue;
            }
            List<PoolTag> known = accusation.tags().stream().filter(tag -> !drivers.maps(tag).isEmpty()).filter(told::add).toList();
            if (!known.isEmpty()) {
                found.add(finding(accusation, known, drivers));
            }
        }
        return found;
    }

    private Finding finding(Finding accusation, List<PoolTag> tags, DriverBook drivers) {
        PoolTag first = tags.getFirst();
        TagMap map = drivers.maps(first).getFirst();
        String site = sites(map, first);
        String title = "Tag '" + first + "' is " + site + (tags.size() == 1 ? ""
                : "; the map knows the call sites of " + Quantity.count(tags.size() - 1, "more of these tags", "more of these tags"));
        StringBuilder text = new StringBuilder();
        tags.stream().skip(1).forEach(tag -> text.append("'").append(tag).append("' is ").append(sites(drivers.maps(tag).getFirst(), tag)).append(". "));
        Finding.Builder finding = Finding.of(this, accusation.severity(), confidence(map, drivers), title)
                .clause("'" + first + "' is allocated at " + site)
                .tags(tags)
                .pool(accusation.pool())
                .driver(map.driver().toLowerCase(Locale.ROOT))
                .explanation(text.toString().strip());
        for (PoolTag tag : tags) {
            TagMap its = drivers.maps(tag).getFirst();
            finding.evidence(its.at(tag));
        }
        return finding.build();
    }

    /** The sites of a tag in words; several when they share the instruction with the tag. */
    private static String sites(TagMap map, PoolTag tag) {
        return map.sites(tag).stream().map(map::describe).distinct().collect(Collectors.joining(" or "));
    }

    private static Confidence confidence(TagMap map, DriverBook drivers) {
        return switch (drivers.build(map.driver(), map.timeDateStamp())) {
            case SAME -> Confidence.high("the map was made from the very build of " + map.driver() + " that is loaded");
            case OTHER -> Confidence.low("the map was made from another build of " + map.driver() + " than the one that is loaded");
            case NOT_LOADED -> Confidence.low("the list of loaded drivers does not have " + map.driver());
            case UNKNOWN -> Confidence.medium("the evidence does not say which build of " + map.driver() + " is loaded");
        };
    }
}
