package org.poolscope.logs;

import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.poolscope.model.Provenance;

/**
 * The zone of a machine's clock, by event 6013. From Windows Server 2003 on its strings 5 to 7 are the seconds since the start, {@code 60},
 * and the zone: {@code 300 Eastern Standard Time}. The figure is what has to be added to standard time to get UTC, in minutes, in summer
 * too: a machine whose event 6008 of April 2012 says 9:59:13 for 13:59:13 UTC wrote 300 that spring.
 *
 * @param seenAt where it stands
 * @param name the zone's name, in the language of the machine
 * @param standard its standard time; under daylight saving time the clock is ahead of that, as a rule by an hour
 */
public record MachineZone(Provenance seenAt, String name, ZoneOffset standard) {

    private static final int UP_TIME = 6013;
    private static final int MOST_MINUTES = 14 * 60;
    private static final Pattern SECONDS = Pattern.compile("\\d{1,10}");
    private static final Pattern ZONE = Pattern.compile("(-?\\d{1,3}) (\\S.{0,99})");

    /** What an event tells of the zone; empty for other events, and for those of another form. */
    public static Optional<MachineZone> of(LoggedEvent event) {
        if (event.id() != UP_TIME || !event.source().equalsIgnoreCase("EventLog") || !event.data().getOrDefault("%6", "").equals("60")
                || !SECONDS.matcher(event.data().getOrDefault("%5", "")).matches()) {
            return Optional.empty();
        }
        Matcher zone = ZONE.matcher(event.data().getOrDefault("%7", ""));
        if (!zone.matches() || Math.abs(Integer.parseInt(zone.group(1))) > MOST_MINUTES) {
            return Optional.empty();
        }
        return Optional.of(new MachineZone(event.seenAt().quoting("event 6013 of EventLog: zone " + zone.group()), zone.group(2),
                ZoneOffset.ofTotalSeconds(-60 * Integer.parseInt(zone.group(1)))));
    }
}
