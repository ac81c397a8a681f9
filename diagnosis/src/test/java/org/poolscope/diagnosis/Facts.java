package org.poolscope.diagnosis;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.model.Fact;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Progress;
import org.poolscope.model.Provenance;
import org.poolscope.model.TagUsage;

/** Builds cases for tests, fact by fact. */
final class Facts {

    static final long MB = 1 << 20;

    private final List<Fact> facts = new ArrayList<>();
    private final List<TagUsage> rows = new ArrayList<>();

    Facts pagedPool(long usedBytes, Long maximumBytes) {
        facts.add(totals(10 * MB, 128 * MB, usedBytes, maximumBytes, 2048 * MB));
        return this;
    }

    Facts nonPagedPool(long usedBytes, Long maximumBytes, Long physicalBytes) {
        facts.add(totals(usedBytes, maximumBytes, 10 * MB, 300 * MB, physicalBytes));
        return this;
    }

    private static MemoryCounters totals(Long nonPaged, Long nonPagedMaximum, Long paged, Long pagedMaximum, Long physical) {
        return new MemoryCounters(at("vm.txt"), "!vm", null, physical, null, null, nonPaged, nonPagedMaximum, paged, pagedMaximum, List.of(),
                null, null, null, List.of(), List.of());
    }

    Facts paged(String tag, long allocs, long frees, long bytes) {
        rows.add(new TagUsage(PoolTag.parse(tag), PoolUse.NONE, PoolUse.counted(allocs, frees, bytes)));
        return this;
    }

    Facts table(LocalDateTime taken) {
        facts.add(new PoolSnapshot(at("poolused " + facts.size()), "!poolused", taken, true, rows));
        rows.clear();
        return this;
    }

    Facts event(String source, int id) {
        facts.add(new LoggedEvent(at("events.txt"), source, id, null, null, "SERVER", "", Map.of()));
        return this;
    }

    Facts fact(Fact fact) {
        facts.add(fact);
        return this;
    }

    Case open() {
        if (!rows.isEmpty()) {
            table(null);
        }
        return new Case("test", List.of("test"), List.of(), facts, List.of());
    }

    List<Finding> findings() {
        return verdict().findings();
    }

    Verdict verdict() {
        return Diagnosis.of(open(), Progress.NONE);
    }

    private static Provenance at(String file) {
        return new Provenance(file, "line 1");
    }
}
