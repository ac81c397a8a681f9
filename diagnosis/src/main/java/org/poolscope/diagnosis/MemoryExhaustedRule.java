package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.List;
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
        List<Finding> found = new ArrayList<>();
        for (ResourceExhaustion event : subject.facts(ResourceExhaustion.class)) {
            found.add(memory(event));
            event.processUses().stream().filter(process -> process.handles() != null && process.handles() >= HANDLES_WITHOUT_END)
                    .forEach(process -> found.add(handles(event, process)));
        }
        return found;
    }

    private Finding memory(ResourceExhaustion event) {
        Long commit = event.commitBytes();
        long pools = (event.pagedPoolBytes() == null ? 0 : event.pagedPoolBytes())
                + (event.nonPagedPoolBytes() == null ? 0 : event.nonPagedPoolBytes());
        double share = commit == null || commit <= 0 ? 0 : (double) pools / commit;
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
                .explanation((cause ? "" : "The pools are not what ate the memory. ") + biggest.toString().strip())
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
