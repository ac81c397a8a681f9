package org.poolscope.diagnosis;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.poolscope.logs.EventLog;
import org.poolscope.logs.KnownEvent;
import org.poolscope.logs.LoggedEvent;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolKind;

/**
 * How close one pool is to running out, and what says so.
 *
 * @param pool the pool
 * @param state how close it is
 * @param counters the totals that show it, when there are any
 * @param events the events that say so, in the order of the evidence; of many in one log the first and the last
 * @param occurrences how many such events there are in all
 */
record PoolPressure(PoolKind pool, State state, Optional<MemoryCounters> counters, List<LoggedEvent> events, long occurrences) {

    /** Above this share of the limit an allocation of any size may fail any minute. */
    private static final double EXHAUSTED_SHARE = 0.95;
    /** The memory manager itself raises its low-pool condition at about this share. */
    static final double NEAR_SHARE = 0.80;
    /**
     * On systems whose limit is far above physical memory (16 TB since Windows 8.1), nonpaged pool takes memory away long before the
     * limit: this share of physical memory is far above what any healthy machine shows.
     */
    private static final double CROWDING_SHARE = 0.40;

    /** How close to running out. */
    enum State {
        /** An event says that it ran empty, or it stands at its limit. */
        EXHAUSTED,
        /** Close to its limit. */
        NEAR_LIMIT,
        /** Far from its limit, yet it takes up much of physical memory. */
        CROWDS_MEMORY,
        /** The evidence shows that it is not. */
        CALM,
        /** The evidence does not say. */
        UNKNOWN
    }

    /** What the totals say of a pool that an event says ran empty. */
    enum Totals {
        /** There are none. */
        NONE,
        /** They show use, but no limit worth the name: the kernel's own of the version is higher than any memory. */
        TELL_NO_LIMIT,
        /** They stand at or near the limit. */
        AGREE,
        /** They are far from the limit. */
        DISAGREE
    }

    /** What the totals say. */
    Totals totals() {
        if (counters.isEmpty()) {
            return Totals.NONE;
        }
        Double share = counters.get().usedShare(pool);
        if (share != null && share >= NEAR_SHARE || counters.get().excessive().contains(pool)) {
            return Totals.AGREE;
        }
        Long physical = counters.get().physicalBytes();
        Long maximum = counters.get().maximumBytes(pool);
        boolean told = share != null && (physical == null || maximum <= physical);
        return told ? Totals.DISAGREE : Totals.TELL_NO_LIMIT;
    }

    static PoolPressure of(Case subject, PoolKind pool) {
        Optional<MemoryCounters> worst = subject.once(PoolBooks.class, PoolBooks::of).worst(pool);
        List<LoggedEvent> events = subject.facts(LoggedEvent.class).stream()
                .filter(event -> KnownEvent.of(event).filter(known -> saysSo(known, pool)).isPresent()).toList();
        State state = State.UNKNOWN;
        if (worst.isPresent()) {
            MemoryCounters totals = worst.get();
            Double share = totals.usedShare(pool);
            boolean flagged = totals.excessive().contains(pool);
            if (share != null && share >= EXHAUSTED_SHARE) {
                state = State.EXHAUSTED;
            } else if (share != null && share >= NEAR_SHARE || flagged) {
                state = State.NEAR_LIMIT;
            } else if (pool == PoolKind.NONPAGED && totals.physicalBytes() != null
                    && totals.usedBytes(pool) >= CROWDING_SHARE * totals.physicalBytes()) {
                state = State.CROWDS_MEMORY;
            } else if (share != null || totals.physicalBytes() != null) {
                state = State.CALM;
            }
        }
        return new PoolPressure(pool, events.isEmpty() ? state : State.EXHAUSTED, worst, events, occurrences(subject, pool, events));
    }

    private static boolean saysSo(KnownEvent known, PoolKind pool) {
        return (known.kind() == KnownEvent.Kind.POOL_EMPTY || known.kind() == KnownEvent.Kind.POOL_LIMIT) && known.pool() == pool;
    }

    /** Binary logs count the events of which they hand over the first and the last. */
    private static long occurrences(Case subject, PoolKind pool, List<LoggedEvent> events) {
        List<EventLog> logs = subject.facts(EventLog.class);
        Set<String> counted = logs.stream().map(log -> log.seenAt().file()).collect(Collectors.toSet());
        long elsewhere = events.stream().filter(event -> !counted.contains(event.seenAt().file())).count();
        return elsewhere + logs.stream().flatMap(log -> log.known().entrySet().stream()).filter(entry -> saysSo(entry.getKey(), pool))
                .mapToLong(Map.Entry::getValue).sum();
    }

    /** Whether the pool is a problem by itself. */
    boolean isHigh() {
        return switch (state) {
            case EXHAUSTED, NEAR_LIMIT, CROWDS_MEMORY -> true;
            case CALM, UNKNOWN -> false;
        };
    }
}
