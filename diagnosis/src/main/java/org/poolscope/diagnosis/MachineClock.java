package org.poolscope.diagnosis;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.poolscope.kernel.OpenKernelImage;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.logs.MachineZone;
import org.poolscope.model.CounterSeries;

/**
 * How far the clock of a case's machine is from UTC. Looked for once in a case: it takes a pass over all events.
 *
 * @param measured by a counter log, else by an image, which holds both its own and world time; {@code null} when neither tells
 * @param listed the zone that an event log names; empty when none does, or they name more than one. Daylight saving time is not in it
 */
record MachineClock(ZoneOffset measured, Optional<MachineZone> listed) {

    static MachineClock of(Case subject) {
        return subject.once(MachineClock.class, any -> new MachineClock(measured(subject), listed(subject)));
    }

    private static ZoneOffset measured(Case subject) {
        for (CounterSeries series : subject.facts(CounterSeries.class)) {
            if (series.zone() != null) {
                return series.zone();
            }
        }
        for (OpenKernelImage open : subject.facts(OpenKernelImage.class)) {
            LocalDateTime taken = Boots.taken(subject, open);
            Instant world = open.image().info().systemTime();
            if (taken != null && world != null) {
                long quarters = Math.round(Duration.between(LocalDateTime.ofInstant(world, ZoneOffset.UTC), taken).toSeconds() / 900.0);
                if (Math.abs(quarters) <= 4 * 14) {
                    return ZoneOffset.ofTotalSeconds((int) quarters * 900);
                }
            }
        }
        return null;
    }

    private static Optional<MachineZone> listed(Case subject) {
        List<MachineZone> listed = subject.facts(LoggedEvent.class).stream().flatMap(event -> MachineZone.of(event).stream()).toList();
        return listed.stream().findFirst().filter(first -> listed.stream().allMatch(one -> one.standard().equals(first.standard())));
    }

    /** The zone of the clock: as measured, else as listed; {@code null} when nothing tells. */
    private ZoneOffset zone() {
        return measured != null ? measured : listed.map(MachineZone::standard).orElse(null);
    }

    /** The time of an event on this clock; binary logs hold UTC, which is taken as it is when the zone is not known. */
    LocalDateTime local(LoggedEvent event) {
        ZoneOffset zone = zone();
        return event.zone() == null || zone == null ? event.time()
                : event.time().plusSeconds(zone.getTotalSeconds() - event.zone().getTotalSeconds());
    }
}
