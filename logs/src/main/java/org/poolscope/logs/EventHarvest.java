package org.poolscope.logs;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.FactSink;
import org.poolscope.model.Quantity;

/**
 * Takes what matters out of one binary event log: the records {@link KnownEvent} knows become facts, all others are only counted.
 * A log may repeat one event a million times; of each kind the first and the last {@value #KEPT_AT_EACH_END} are kept, the rest
 * is counted and said to be left out. Memory is bounded whatever the log holds.
 */
public final class EventHarvest {

    /** Enough to date a leak by; a file server that ran dry logs the event every minute. */
    private static final int KEPT_AT_EACH_END = 250;

    /** Reading a record in full takes microseconds; a log of nothing but known events must end all the same. */
    private static final int MOST_READ = 200_000;

    /** All texts kept of one file; a usual entry holds a few hundred characters. */
    private static final long MOST_CHARACTERS = 16L << 20;

    /** What a tag or process in a list counts for beside the texts. */
    private static final int CHARACTERS_A_FIGURE = 100;

    private static final Comparator<KnownEvent> BY_ID =
            Comparator.comparingInt(KnownEvent::id).thenComparing(known -> known.sources().getFirst());

    private final EvidenceFile file;
    private final FactSink sink;
    private final Map<KnownEvent, Kept> kept = new TreeMap<>(BY_ID);
    private final Set<Copy> seen = new HashSet<>();
    private long records;
    private long recovered;
    private long deleted;
    private long unreadable;
    private long read;
    private long characters;
    private Instant from = Instant.MAX;
    private Instant to = Instant.MIN;

    /**
     * Begins with a log.
     *
     * @param sink takes the facts in the end
     */
    public EventHarvest(EvidenceFile file, FactSink sink) {
        this.file = file;
        this.sink = sink;
    }

    /**
     * Counts a record.
     *
     * @param written when it was written, if it says so
     */
    public void count(RecordState state, Optional<Instant> written) {
        if (state == RecordState.DELETED) {
            deleted++;
            return;
        }
        records++;
        recovered += state == RecordState.RECOVERED ? 1 : 0;
        written.ifPresent(time -> {
            from = time.isBefore(from) ? time : from;
            to = time.isAfter(to) ? time : to;
        });
    }

    /** Counts a record, counted before, whose content cannot be read. Of deleted ones nothing else is to be expected. */
    public void unreadable(RecordState state) {
        unreadable += state == RecordState.DELETED ? 0 : 1;
    }

    /**
     * Whether a record is worth reading in full; if so, {@link #take} is to follow.
     *
     * @param source who logged it
     * @param id its id, without severity and facility bits
     */
    public boolean wants(String source, int id) {
        Optional<KnownEvent> known = KnownEvent.of(source, id);
        if (known.isEmpty()) {
            return false;
        }
        if (read++ < MOST_READ) {
            return true;
        }
        kept.computeIfAbsent(known.get(), unused -> new Kept()).count++;
        return false;
    }

    /**
     * Takes a record that was wanted. Copies of the same record, as old and enlarged logs hold them, are taken once.
     *
     * @param number the number the log gave it
     * @param more the figures in it, when it is an event with figures
     */
    public void take(long number, LoggedEvent event, Optional<ResourceExhaustion> more) {
        if (!seen.add(new Copy(number, event.id(), event.source(), event.time()))) {
            return;
        }
        KnownEvent.of(event).ifPresent(known -> kept.computeIfAbsent(known, unused -> new Kept())
                .add(new Taken(read, event, more)));
    }

    /** Hands everything over, the facts in the order of their time. */
    public void finish() {
        List<Taken> all = new ArrayList<>();
        kept.values().forEach(kind -> all.addAll(kind.first));
        kept.values().forEach(kind -> all.addAll(kind.last));
        all.sort(Comparator.comparing((Taken taken) -> taken.event.time(), Comparator.nullsLast(Comparator.naturalOrder()))
                .thenComparingLong(Taken::order));
        Map<KnownEvent, Long> counts = new TreeMap<>(BY_ID);
        kept.forEach((known, kind) -> counts.put(known, kind.count));
        sink.add(new EventLog(file.at("").quoting(Quantity.count(records, "record", "records")), records, recovered, deleted,
                unreadable, utc(from), utc(to), counts));
        for (Taken taken : all) {
            sink.add(taken.event);
            taken.more.ifPresent(sink::add);
        }
        kept.forEach((known, kind) -> {
            if (kind.count > kind.first.size() + kind.last.size()) {
                sink.warn(file.at(""), "event " + known.id() + " of " + known.sources().getFirst() + " is there "
                        + Quantity.count(kind.count) + " times; the first " + kind.first.size()
                        + " and the last " + kind.last.size()
                        + " of those read are used");
            }
        });
        if (unreadable > 0) {
            sink.warn(file.at(""), "the content of " + Quantity.count(unreadable, "record", "records")
                    + " is damaged: what they say is not known; " + Quantity.count(records - unreadable) + " are read");
        }
    }

    private static LocalDateTime utc(Instant time) {
        return time.equals(Instant.MAX) || time.equals(Instant.MIN) ? null : LocalDateTime.ofInstant(time, ZoneOffset.UTC);
    }

    private record Copy(long number, int id, String source, LocalDateTime time) {
    }

    private record Taken(long order, LoggedEvent event, Optional<ResourceExhaustion> more) {

        private int characters() {
            int sum = event.message().length() + more.map(figures -> CHARACTERS_A_FIGURE * (figures.pagedTags().size()
                    + figures.nonPagedTags().size() + figures.processUses().size())).orElse(0);
            for (Map.Entry<String, String> entry : event.data().entrySet()) {
                sum += entry.getKey().length() + entry.getValue().length();
            }
            return sum;
        }
    }

    /** The first and the last of one kind. */
    private final class Kept {
        private final List<Taken> first = new ArrayList<>();
        private final ArrayDeque<Taken> last = new ArrayDeque<>();
        private long count;

        private void add(Taken taken) {
            count++;
            boolean atStart = first.size() < KEPT_AT_EACH_END && last.isEmpty();
            if (!atStart && last.size() == KEPT_AT_EACH_END) {
                characters -= last.removeFirst().characters();
            }
            int size = taken.characters();
            if (characters + size > MOST_CHARACTERS) {
                return;
            }
            characters += size;
            if (atStart) {
                first.add(taken);
            } else {
                last.addLast(taken);
            }
        }
    }
}
