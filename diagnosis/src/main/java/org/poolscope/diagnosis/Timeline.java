package org.poolscope.diagnosis;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.poolscope.kernel.BugCheck;
import org.poolscope.kernel.ImageInfo;
import org.poolscope.kernel.OpenKernelImage;
import org.poolscope.logs.KnownEvent;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.Provenance;

/**
 * What happened when. Clocks are the machine's own unless an entry says UTC.
 *
 * @param moments what happened, oldest first
 * @param leftOut how many more moments the evidence has
 * @param undated how many events say no time
 */
public record Timeline(List<Moment> moments, int leftOut, int undated) implements Exhibit {

    private static final int MOST_MOMENTS = 600;

    /** What kind of thing happened. */
    public enum Kind {
        /** The system started. */
        BOOT("boot"),
        /** An entry of an event log. */
        EVENT("event"),
        /** Somebody took figures. */
        SAMPLE("sample"),
        /** The image was taken. */
        IMAGE("image");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** The word in reports. */
        public String word() {
            return word;
        }
    }

    /**
     * One moment.
     *
     * @param time when
     * @param utc whether {@code time} is UTC; else it is the machine's own time
     * @param kind what kind of thing happened
     * @param what what happened
     * @param trouble whether it is a sign of the trouble looked for
     * @param seenAt where it stands
     */
    public record Moment(LocalDateTime time, boolean utc, Kind kind, String what, boolean trouble, Provenance seenAt) {
    }

    public Timeline {
        moments = List.copyOf(moments);
    }

    static Optional<Timeline> of(Case subject) {
        List<Moment> moments = new ArrayList<>();
        int undated = 0;
        for (LoggedEvent event : subject.facts(LoggedEvent.class)) {
            if (event.time() == null) {
                undated++;
                continue;
            }
            Optional<KnownEvent> known = KnownEvent.of(event);
            if (known.filter(one -> one.kind() == KnownEvent.Kind.UP_TIME).isPresent()) {
                continue;
            }
            boolean boot = known.filter(one -> one.kind() == KnownEvent.Kind.BOOT).isPresent();
            String text = known.map(one -> one.meaning() + one.named(event).map(name -> ": " + name).orElse("")).orElse(event.message());
            moments.add(new Moment(event.time(), ZoneOffset.UTC.equals(event.zone()), boot ? Kind.BOOT : Kind.EVENT,
                    "event " + event.id() + " of " + event.source() + (text.isEmpty() ? "" : ": " + text),
                    known.filter(one -> isTrouble(one.kind())).isPresent(), event.seenAt()));
        }
        for (PoolSnapshot snapshot : subject.facts(PoolSnapshot.class)) {
            if (snapshot.taken() != null) {
                moments.add(new Moment(snapshot.taken(), false, Kind.SAMPLE, snapshot.source() + ", " + snapshot.rows().size() + " tags", false,
                        snapshot.seenAt()));
            }
        }
        for (MemoryCounters totals : subject.facts(MemoryCounters.class)) {
            if (totals.taken() != null && moments.stream().noneMatch(one -> one.kind() == Kind.SAMPLE && one.time().equals(totals.taken())
                    && one.seenAt().file().equals(totals.seenAt().file()))) {
                moments.add(new Moment(totals.taken(), false, Kind.SAMPLE, totals.source(), false, totals.seenAt()));
            }
        }
        for (OpenKernelImage open : subject.facts(OpenKernelImage.class)) {
            ImageInfo info = open.image().info();
            if (info.systemTime() != null) {
                LocalDateTime taken = LocalDateTime.ofInstant(info.systemTime(), ZoneOffset.UTC);
                String why = info.bugCheck() == null ? "" : ", after bug check " + (info.bugCheck().name() == null ? Integer.toHexString(info.bugCheck().code()) : info.bugCheck().name());
                moments.add(new Moment(taken, true, Kind.IMAGE, "memory image taken" + why, isCrash(info.bugCheck()), open.seenAt()));
                if (info.upTime() != null) {
                    moments.add(new Moment(taken.minus(info.upTime()), true, Kind.BOOT, "the system started, by its up time in the image", false,
                            open.seenAt()));
                }
            }
        }
        moments.sort(Comparator.comparing(Moment::time));
        int leftOut = Math.max(0, moments.size() - MOST_MOMENTS);
        // The end is what the case is about.
        List<Moment> last = moments.subList(leftOut, moments.size());
        return last.isEmpty() ? Optional.empty() : Optional.of(new Timeline(last, leftOut, undated));
    }

    /** Not of a dump that somebody asked for. */
    private static boolean isCrash(BugCheck stop) {
        return stop != null && !(stop.name() != null && (stop.name().startsWith("MANUALLY_INITIATED") || stop.name().startsWith("LIVE_")));
    }

    private static boolean isTrouble(KnownEvent.Kind kind) {
        return switch (kind) {
            case POOL_EMPTY, POOL_LIMIT, RESOURCES_SHORT, MEMORY_LOW, STOPPED, CRASH -> true;
            case UP_TIME, BOOT, SHUTDOWN, DRIVER_INSTALLED -> false;
        };
    }
}
