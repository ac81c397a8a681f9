package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;

/** Picks what of a case is worth looking at. Only what the evidence has is shown; a case of one text file may show a single table. */
public final class Exhibits {

    /** Accused tags looked into: their contents and who points to them. Each costs a pass over the image. */
    private static final int MOST_TAGS = 3;

    private Exhibits() {
    }

    /**
     * A tag that stands accused.
     *
     * @param tag the tag
     * @param pool the pool it fills
     */
    record Accused(PoolTag tag, PoolKind pool) {
    }

    /**
     * All there is to look at, in the order to look at it.
     *
     * @param verdict the verdict on an open case
     * @param progress hears how far the work has come; images are searched again for what their leaked blocks hold
     */
    public static List<Exhibit> of(Verdict verdict, Progress progress) {
        Case subject = verdict.subject();
        List<Exhibit> found = new ArrayList<>();
        PoolGauges.of(subject).ifPresent(found::add);
        TagTables.of(verdict).ifPresent(found::add);
        GrowthCurves.of(verdict).ifPresent(found::add);
        List<Accused> accused = accused(verdict);
        for (OpenPool pool : accused.isEmpty() ? List.<OpenPool>of() : OpenPool.of(subject)) {
            accused.stream().collect(Collectors.groupingBy(Accused::pool, TreeMap::new, Collectors.toList())).forEach((kind, tags) ->
                    BlockMap.of(pool, kind, tags.stream().map(Accused::tag).toList()).ifPresent(found::add));
            List<PoolTag> closer = accused.stream().map(Accused::tag).distinct().limit(MOST_TAGS).toList();
            for (PoolTag tag : closer) {
                progress.at("looking into blocks of '" + tag + "'", 0, 0);
                BlockContents.of(pool, tag).ifPresent(contents -> {
                    found.add(contents);
                    PointerGraph.of(pool, contents, progress).ifPresent(found::add);
                });
            }
        }
        NamespaceView.of(subject).ifPresent(found::add);
        Timeline.of(subject).ifPresent(found::add);
        return List.copyOf(found);
    }

    /** The tags of all findings that accuse a pool's blocks, lost ones first; each once for a pool. */
    static List<Accused> accused(Verdict verdict) {
        Map<Accused, Boolean> tags = new LinkedHashMap<>();
        for (String rule : List.of(LostBlocksRule.ID, HeldBlocksRule.ID, TagHoldsPoolRule.ID, HandleLeakRule.ID)) {
            verdict.findings().stream().filter(finding -> finding.rule().equals(rule) && finding.severity().isProblem() && finding.pool() != null)
                    .forEach(finding -> finding.tags().forEach(tag -> tags.putIfAbsent(new Accused(tag, finding.pool()), true)));
        }
        return List.copyOf(tags.keySet());
    }
}
