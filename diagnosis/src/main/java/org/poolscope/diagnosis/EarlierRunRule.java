package org.poolscope.diagnosis;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.poolscope.kernel.OpenKernelImage;
import org.poolscope.logs.KnownEvent;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.Provenance;

/**
 * Evidence from before the start of the machine that an image is of. It may show the same trouble, but not the same blocks: pools begin
 * anew with each start, and drivers may have been replaced in between.
 */
final class EarlierRunRule implements Rule {

    static final String ID = "earlier-run";

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");
    /** Clocks are set, and times are rounded. */
    private static final Duration SLACK = Duration.ofMinutes(10);
    private static final int MOST_SHOWN = 4;

    private record Dated(LocalDateTime at, String what, Provenance seenAt) {
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<Finding> apply(Case subject, List<Finding> earlier) {
        List<OpenKernelImage> images = subject.facts(OpenKernelImage.class);
        LocalDateTime started = null;
        OpenKernelImage image = null;
        for (OpenKernelImage open : images) {
            LocalDateTime taken = Boots.taken(subject, open);
            if (taken == null || open.image().info().upTime() == null) {
                continue;
            }
            LocalDateTime start = taken.minus(open.image().info().upTime());
            if (started == null || start.isBefore(started)) {
                started = start;
                image = open;
            }
        }
        if (started == null) {
            return List.of();
        }
        LocalDateTime first = started.minus(SLACK);
        List<Dated> dated = dated(subject).toList();
        List<Dated> before = dated.stream().filter(one -> one.at().isBefore(first)).sorted(Comparator.comparing(Dated::at)).toList();
        if (before.isEmpty()) {
            return List.of();
        }
        boolean all = before.size() == dated.size();
        List<String> files = before.stream().map(one -> one.seenAt().file()).distinct().toList();
        String title = (files.size() == 1 ? files.getFirst() + " is" : files.size() + " files of this evidence are") + " of an earlier run: "
                + "the machine in " + image.seenAt().file() + " was started at " + TIME.format(started);
        Finding.Builder finding = Finding.of(this, Severity.NOTE, Confidence.high("the image says how long the system had run"), title)
                .explanation((all ? "All that is dated besides the image" : "What is dated from before that") + " shows the machine as it was until "
                        + TIME.format(before.getLast().at()) + ". It may have had the same trouble then, but its pools began anew since, and its "
                        + "drivers may be others: figures of the two do not belong together.")
                .evidence(image.seenAt().quoting("started " + TIME.format(started)))
                .next("Collect logs and events of the time between the start and the dump.");
        List<Provenance> shown = new ArrayList<>();
        for (Dated one : before) {
            if (shown.size() < MOST_SHOWN && shown.stream().noneMatch(seen -> seen.file().equals(one.seenAt().file()))) {
                shown.add(one.seenAt().quoting(one.what() + ", " + TIME.format(one.at())));
            }
        }
        shown.forEach(finding::evidence);
        return List.of(finding.build());
    }

    /** What was seen of the pools outside of images, and when, on the machine's own clock. */
    private static Stream<Dated> dated(Case subject) {
        MachineClock clock = MachineClock.of(subject);
        List<String> images = subject.facts(OpenKernelImage.class).stream().map(open -> open.seenAt().file()).toList();
        Stream<Dated> tables = subject.facts(PoolSnapshot.class).stream().filter(table -> table.taken() != null)
                .map(table -> new Dated(table.taken(), "a table of pool use by tag", table.seenAt()));
        Stream<Dated> totals = subject.facts(MemoryCounters.class).stream().filter(counters -> counters.taken() != null)
                .map(counters -> new Dated(counters.taken(), "memory totals", counters.seenAt()));
        // An event in a log of years is history; one that says that a pool ran empty is what the image is asked about.
        Stream<Dated> events = subject.facts(LoggedEvent.class).stream()
                .filter(event -> event.time() != null && KnownEvent.of(event).filter(known -> known.kind() == KnownEvent.Kind.POOL_EMPTY).isPresent())
                .map(event -> new Dated(clock.local(event), "event " + event.id(), event.seenAt()));
        return Stream.of(tables, totals, events).flatMap(one -> one).filter(one -> !images.contains(one.seenAt().file()));
    }
}
