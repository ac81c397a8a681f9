package org.poolscope.logs;

import java.time.LocalDateTime;
import java.util.Map;
import org.poolscope.model.Fact;
import org.poolscope.model.Provenance;

/**
 * A binary event log as a whole: most of its records say nothing about pool and become no fact of their own, but that they were
 * looked at, and which time they cover, is worth knowing.
 *
 * @param seenAt the file
 * @param records how many records the log holds, recovered ones with them
 * @param recovered how many of them were found by their own marks only, because the books around them are damaged or cut off
 * @param deleted how many more were found in space the log no longer uses
 * @param unreadable how many of {@code records} are framed well but hold what cannot be read: what they say is not known
 * @param from the time (UTC) of the oldest record, or {@code null} when no record has a time
 * @param to the time (UTC) of the newest record, or {@code null}
 * @param known how many events of each {@linkplain KnownEvent known} kind there are, in the order of their ids; kinds that do
 *     not occur are left out
 */
public record EventLog(Provenance seenAt, long records, long recovered, long deleted, long unreadable, LocalDateTime from,
        LocalDateTime to, Map<KnownEvent, Long> known) implements Fact {

    public EventLog {
        known = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(known));
    }

    /** How many events of a kind there are. */
    public long count(KnownEvent.Kind kind) {
        return known.entrySet().stream().filter(entry -> entry.getKey().kind() == kind).mapToLong(Map.Entry::getValue).sum();
    }
}
