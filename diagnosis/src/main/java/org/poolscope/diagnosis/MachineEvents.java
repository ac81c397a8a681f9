package org.poolscope.diagnosis;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.poolscope.logs.KnownEvent;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.model.PoolKind;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;

/** What a machine's event logs tell of a growth that began at a known time: what was installed before, when the pool ran empty after. */
final class MachineEvents {

    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");
    /** So long before a leak began an installation may be its cause: a new driver often waits for the next start. */
    private static final Duration BEFORE = Duration.ofDays(8);
    /** Samples lie up to hours apart. */
    static final Duration SLACK = Duration.ofHours(2);
    /** The events of one start lie so close together. */
    private static final Duration ONE_START = Duration.ofMinutes(10);
    private static final int MOST_CHANGES = 4;
    private static final int LONGEST = 400;

    /**
     * The growth that events are set against. Only what lies in the same run of the machine belongs to it: with a start the pools begin anew.
     *
     * @param pool the pool that grows
     * @param driver whose tag grows, or {@code null}
     * @param began when it began
     * @param beginning what happened then, in words
     * @param last the last moment it was seen
     * @param end up to when events are known to be of the same run; {@code null} when nothing ends it
     * @param after what lies after the end, in words
     */
    record Growth(PoolKind pool, String driver, LocalDateTime began, String beginning, LocalDateTime last, LocalDateTime end, String after) {

        /** Of samples: its run lasts until the machine is started again. */
        static Growth ofSamples(PoolKind pool, String driver, LocalDateTime began, LocalDateTime last, List<Boots> boots) {
            LocalDateTime next = boots.stream().map(Boots::at).filter(start -> start.isAfter(last)).findFirst().orElse(null);
            return new Growth(pool, driver, began, "it began", last, next, "from after the next start of the machine");
        }

        /** Of an image: what was logged after it was taken is of another run, or of a clock that was set. */
        static Growth ofImage(PoolKind pool, String driver, LocalDateTime started, LocalDateTime taken) {
            return new Growth(pool, driver, started, "the start", taken, taken, "from after the image was taken");
        }

        private boolean isOver(LocalDateTime at) {
            return end != null && at.isAfter(end);
        }
    }

    /** Something that happened, on the machine's own clock. */
    private record Happened(LocalDateTime at, LoggedEvent event, KnownEvent known) {

        private Provenance seen() {
            return event.seenAt().quoting(TIME.format(at) + ", event " + event.id() + " of " + event.source() + ": " + text());
        }

        private String text() {
            String what = !event.message().isEmpty() ? event.message().replaceAll("\\s+", " ")
                    : known.meaning() + known.named(event).map(name -> ": " + name).orElse("");
            return what.length() > LONGEST ? what.substring(0, LONGEST - 3) + "..." : what;
        }

        /** Whether the event names a driver's file, or its service, which usually has the file's name. */
        private boolean names(String driver) {
            String stem = driver.endsWith(".sys") ? driver.substring(0, driver.length() - 4) : driver;
            String text = (event.message() + " " + event.data()).toLowerCase(Locale.ROOT);
            return holds(text, stem + ".sys")
                    || event.data().getOrDefault("ServiceName", event.data().getOrDefault("param1", "")).equalsIgnoreCase(stem);
        }

        private static boolean holds(String text, String name) {
            for (int at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
                int end = at + name.length();
                if ((at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1)))
                        && (end == text.length() || !Character.isLetterOrDigit(text.charAt(end)))) {
                    return true;
                }
            }
            return false;
        }
    }

    private final List<Happened> happened;
    private final boolean utc;
    private final MachineClock clock;

    /**
     * @param utc whether an event's time is in a zone of its own, as in binary logs
     */
    private MachineEvents(List<Happened> happened, boolean utc, MachineClock clock) {
        this.happened = happened;
        this.utc = utc;
        this.clock = clock;
    }

    /** The dated events of a case whose meaning is known, oldest first. */
    static MachineEvents of(Case subject) {
        MachineClock clock = MachineClock.of(subject);
        List<Happened> happened = new ArrayList<>();
        boolean utc = false;
        for (LoggedEvent event : subject.facts(LoggedEvent.class)) {
            Optional<KnownEvent> known = KnownEvent.of(event);
            if (event.time() != null && known.isPresent()) {
                happened.add(new Happened(clock.local(event), event, known.get()));
                utc |= event.zone() != null;
            }
        }
        happened.sort(Comparator.comparing(Happened::at));
        return new MachineEvents(happened, utc, clock);
    }

    /**
     * Adds to a finding what was installed before the growth began, and when the pool ran empty and the machine stopped after.
     *
     * @return what was installed, the likeliest cause first, as far as the events name it
     */
    List<String> lineUp(Finding.Builder finding, StringBuilder text, Growth growth) {
        List<String> named = changes(finding, text, growth);
        poolEmpty(finding, text, growth);
        happened.stream().filter(one -> one.known.kind() == KnownEvent.Kind.CRASH || one.known.kind() == KnownEvent.Kind.STOPPED)
                .filter(one -> one.at.isAfter(growth.last())).findFirst().filter(one -> endsRun(one, growth)).ifPresent(crash -> {
                    text.append("The machine stopped and came back at ").append(TIME.format(crash.at)).append(". ");
                    finding.evidence(crash.seen());
                });
        if (utc && clock.measured() == null) {
            text.append(clock.listed().map(zone -> "The event log holds UTC; its times are given here in the machine's zone, " + zone.name()
                    + " by event 6013. Where daylight saving time was in force they are an hour early. ")
                    .orElse("The event log holds UTC, and nothing tells the machine's zone: its times may be off by some hours. "));
            clock.listed().ifPresent(zone -> finding.evidence(zone.seenAt()));
        }
        return named;
    }

    private List<String> changes(Finding.Builder finding, StringBuilder text, Growth growth) {
        LocalDateTime began = growth.began();
        String driver = growth.driver();
        List<Happened> changes = new ArrayList<>(happened.stream().filter(one -> one.known.kind() == KnownEvent.Kind.DRIVER_INSTALLED)
                .filter(one -> !one.at.isAfter(began.plus(SLACK)) && !one.at.isBefore(began.minus(BEFORE))).toList());
        changes.sort(Comparator.comparing((Happened one) -> driver == null || !one.names(driver))
                .thenComparing(one -> Duration.between(one.at, began).abs()));
        for (Happened change : changes.subList(0, Math.min(MOST_CHANGES, changes.size()))) {
            boolean own = driver != null && change.names(driver);
            text.append(span(Duration.between(change.at, began).abs())).append(change.at.isAfter(began) ? " after" : " before")
                    .append(own ? " that, its own driver was installed: " : " that: ").append(change.text())
                    .append(" (").append(TIME.format(change.at)).append("). ");
            finding.evidence(change.seen());
        }
        if (changes.size() > MOST_CHANGES) {
            text.append(changes.size() - MOST_CHANGES).append(" more installations in the week before are in the event log. ");
        }
        return changes.stream().limit(MOST_CHANGES).flatMap(change -> change.known.named(change.event).stream()).distinct().toList();
    }

    private void poolEmpty(Finding.Builder finding, StringBuilder text, Growth growth) {
        Happened empty = happened.stream()
                .filter(one -> one.known.kind() == KnownEvent.Kind.POOL_EMPTY || one.known.kind() == KnownEvent.Kind.POOL_LIMIT)
                .filter(one -> one.known.pool() == growth.pool() && !one.at.isBefore(growth.began())).findFirst().orElse(null);
        if (empty == null) {
            return;
        }
        if (growth.isOver(empty.at)) {
            text.append("Event ").append(empty.event.id()).append(" of ").append(TIME.format(empty.at)).append(" is ").append(growth.after())
                    .append(": it does not tell when the pool ran empty in this run. ");
        } else {
            text.append("The pool first ran empty at ").append(TIME.format(empty.at)).append(", ")
                    .append(span(Duration.between(growth.began(), empty.at))).append(" after ").append(growth.beginning())
                    .append(" (event ").append(empty.event.id()).append("). ");
        }
        finding.evidence(empty.seen());
    }

    /** Whether it tells of the stop that ended the run: it is logged when the machine comes back. */
    private boolean endsRun(Happened stop, Growth growth) {
        return happened.stream().filter(one -> one.known.kind() == KnownEvent.Kind.BOOT && one.at.isAfter(growth.last())).findFirst()
                .map(boot -> !stop.at.isAfter(boot.at.plus(ONE_START))).orElse(true);
    }

    /** A stretch of time as people say it. */
    static String span(Duration time) {
        double hours = time.toMinutes() / 60.0;
        return time.toMinutes() < 120 ? Quantity.count(time.toMinutes(), "minute", "minutes")
                : hours < 48 ? String.format(Locale.ROOT, "%.0f hours", hours) : String.format(Locale.ROOT, "%.1f days", hours / 24);
    }
}
