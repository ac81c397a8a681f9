package org.poolscope.diagnosis;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.poolscope.kernel.OpenKernelImage;
import org.poolscope.logs.KnownEvent;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.model.Counter;
import org.poolscope.model.CounterSeries;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.Provenance;
import org.poolscope.model.TagUsage;

/**
 * When the machine was started, in its own time: from its event logs, from the counter of seconds since it was started, and from
 * counts of
 * allocations that went back.
 *
 * @param at when; of a start told by counters alone, the moment of the first sample after it
 * @param seenAt what tells
 * @param exact whether the moment is known, or only that it lies before {@code at}
 */
record Boots(LocalDateTime at, Provenance seenAt, boolean exact) {

    /** One start leaves several events. */
    private static final Duration SAME = Duration.ofMinutes(10);
    /** So large a part of the tags has counts that went back when the machine was started in between. */
    private static final double GONE_BACK = 0.3;

    /** Whether it lies between two samples; a start at the moment of a sample is before it. */
    boolean isBetween(LocalDateTime before, LocalDateTime after) {
        return at.isAfter(before) && !at.isAfter(after);
    }

    /** The starts of a case's machine, oldest first. */
    static List<Boots> of(Case subject) {
        MachineClock clock = MachineClock.of(subject);
        List<Boots> exact = new ArrayList<>();
        for (LoggedEvent event : subject.facts(LoggedEvent.class)) {
            if (event.time() != null && KnownEvent.of(event).filter(known -> known.kind() == KnownEvent.Kind.BOOT).isPresent()) {
                exact.add(new Boots(clock.local(event), event.seenAt().quoting("event " + event.id() + " of " + event.source()),
                        true));
            }
        }
        for (CounterSeries series : subject.facts(CounterSeries.class)) {
            if (series.counter() == Counter.SYSTEM_UP_TIME) {
                for (int i = 0; i < series.size(); i++) {
                    if (!Double.isNaN(series.values()[i]) && (i == 0 || series.values()[i] < series.values()[i - 1])) {
                        exact.add(new Boots(series.taken(i).minusSeconds((long) series.values()[i]), series.seenAt(), true));
                    }
                }
            }
        }
        for (OpenKernelImage open : subject.facts(OpenKernelImage.class)) {
            LocalDateTime taken = taken(subject, open);
            if (taken != null && open.image().info().upTime() != null) {
                exact.add(new Boots(taken.minus(open.image().info().upTime()),
                        open.seenAt().quoting("the time the system had run"), true));
            }
        }
        exact.sort(Comparator.comparing(Boots::at));
        List<Boots> all = new ArrayList<>();
        for (Boots boot : exact) {
            if (all.isEmpty() || Duration.between(all.getLast().at, boot.at).compareTo(SAME) > 0) {
                all.add(boot);
            }
        }
        byCounts(subject, all);
        all.sort(Comparator.comparing(Boots::at));
        return List.copyOf(all);
    }

    private static void byCounts(Case subject, List<Boots> known) {
        List<PoolSnapshot> dated = PoolBooks.dated(subject);
        for (int i = 1; i < dated.size(); i++) {
            PoolSnapshot before = dated.get(i - 1);
            PoolSnapshot after = dated.get(i);
            boolean told = known.stream().anyMatch(boot -> boot.isBetween(before.taken(), after.taken()));
            if (!told && before.source().equals(after.source()) && wentBack(before, after)) {
                known.add(new Boots(after.taken(), after.seenAt().quoting("counts of allocations begin anew"), false));
            }
        }
    }

    private static boolean wentBack(PoolSnapshot before, PoolSnapshot after) {
        Map<PoolTag, TagUsage> rows = new HashMap<>();
        before.rows().forEach(row -> rows.put(row.tag(), row));
        int compared = 0;
        int back = 0;
        for (TagUsage now : after.rows()) {
            TagUsage then = rows.get(now.tag());
            for (PoolKind pool : PoolKind.values()) {
                PoolUse old = then == null ? null : then.use(pool);
                PoolUse fresh = now.use(pool);
                if (old != null && fresh != null && old.allocs() != null && fresh.allocs() != null && old.allocs() > 0) {
                    compared++;
                    back += fresh.allocs() < old.allocs() ? 1 : 0;
                }
            }
        }
        return compared > 0 && back >= Math.max(1, GONE_BACK * compared);
    }

    /** When an image was taken, in the machine's own time; {@code null} when it does not say. */
    static LocalDateTime taken(Case subject, OpenKernelImage open) {
        return subject.facts(PoolSnapshot.class).stream()
                .filter(snapshot -> snapshot.taken() != null && snapshot.seenAt().file().equals(open.seenAt().file()))
                .map(PoolSnapshot::taken).findFirst().orElse(null);
    }
}
