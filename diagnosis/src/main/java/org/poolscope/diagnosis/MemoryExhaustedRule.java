package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.poolscope.logs.ResourceExhaustion;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;

/**
 * Windows itself said that it ran low on memory (event 2004 of the Resource Exhaustion Detector): whether the pools are behind it, and
 * which process holds handles without end.
 */
final class MemoryExhaustedRule implements Rule {

    static final String ID = "memory-exhausted";

    /** Both pools together holding this much of what is committed are a cause; less is what a busy machine has. */
    private static final double POOLS_ARE_THE_CAUSE = 0.3;
    /** No healthy program keeps as many: each handle keeps an object, and often a pool block or two, alive. */
    private static final long HANDLES_WITHOUT_END = 100_000;

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        List<ResourceExhaustion> events = subject.facts(ResourceExhaustion.class);
        List<Finding> found = new ArrayList<>();
        // Windows repeats the event while memory is low: the one in which the pools hold most tells most.
        Map<Optional<String>, List<ResourceExhaustion>> machines = events.stream().collect(Collectors.groupingBy(
                event -> Optional.ofNullable(event.computer()), LinkedHashMap::new, Collectors.toList()));
        machines.values().forEach(same -> found.add(memory(same.stream()
                .max(Comparator.comparingDouble(MemoryExhaustedRule::poolShare)).orElseThrow(), same.size())));
        Map<String, Finding> handles = new LinkedHashMap<>();
        Map<String, Long> most = new HashMap<>();
        for (ResourceExhaustion event : events) {
            for (ResourceExhaustion.ProcessUse process : event.processUses()) {
                if (process.handles() != null && process.handles() >= Math.max(HANDLES_WITHOUT_END, most.getOrDefault(process.name(), 0L) + 1)) {
                    most.put(process.name(), process.handles());
                    handles.put(process.name(), handles(event, process));
                }
            }
        }
        found.addAll(handles.values());
        return found;
    }

    private static long pools(ResourceExhaustion event) {
        return (event.pagedPoolBytes() == null ? 0 : event.pagedPoolBytes())
                + (event.nonPagedPoolBytes() == null ? 0 : event.nonPagedPoolBytes());
    }

    private static double poolShare(ResourceExhaustion event) {
        Long commit = event.commitBytes();
        return commit == null || commit <= 0 ? 0 : (double) pools(event) / commit;
    }

    private Finding memory(ResourceExhaustion event, int times) {
        Long commit = event.commitBytes();
        long pools = pools(event);
        double share = poolShare(event);
        boolean cause = share >= POOLS_ARE_THE_CAUSE;
        String title = "Windows ran low on memory"
                + (commit == null || event.commitLimitBytes() == null ? "" : ": " + Quantity.bytes(commit) + " of "
                        + Quantity.bytes(event.commitLimitBytes()) + " committed")
                + "; the pools hold " + Quantity.bytes(pools) + (commit == null ? "" : " of it (" + Quantity.percent(share) + ")");
        List<PoolTag> tags = new ArrayList<>();
        List<Provenance> seen = new ArrayList<>(List.of(event.seenAt()));
        StringBuilder biggest = new StringBuilder();
        for (PoolKind pool : PoolKind.values()) {
            event.tags(pool).stream().limit(1).forEach(tag -> {
                tags.add(tag.tag());
                seen.add(tag.seenAt());
                biggest.append("The biggest ").append(pool.word()).append(" tag is '").append(tag.tag()).append("' with ")
                        .append(Quantity.bytes(tag.bytes())).append(". ");
            });
        }
        return Finding.of(this, cause ? Severity.CRITICAL : Severity.NOTE,
                cause ? Confidence.high("Windows' own figures") : Confidence.high("Windows' own figures: processes, not pools, hold the memory"), title)
                .clause(cause ? "Windows ran low on memory and the pools hold " + Quantity.percent(share) + " of it" : "")
                .explanation(((cause ? "" : "The pools are not what ate the memory. ") + biggest
                        + (times > 1 ? "The event is there " + Quantity.count(times) + " times; this is the one in which the pools hold most."
                                : "")).strip())
                .tags(tags)
                .evidence(seen)
                .build();
    }

    private Finding handles(ResourceExhaustion event, ResourceExhaustion.ProcessUse process) {
        String title = process.name() + (process.id() == null ? "" : " (pid " + process.id() + ")") + " has "
                + Quantity.count(process.handles()) + " handles open";
        return Finding.of(this, Severity.WARNING, Confidence.medium("the count is far beyond what programs need, but it is a single moment's"), title)
                .clause(process.name() + " keeps " + Quantity.count(process.handles()) + " handles open")
                .explanation("A program that opens and never closes makes the kernel keep an object for each handle: the pool grows though "
                        + "no driver is at fault.")
                .evidence(event.seenAt().quoting(process.name() + ", " + process.handles() + " handles"))
                .next("See which type of handle it is, and whether the count grows.", "handle -s -p " + process.name())
                .build();
    }
}
