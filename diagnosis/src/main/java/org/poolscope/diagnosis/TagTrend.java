package org.poolscope.diagnosis;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.poolscope.diagnosis.trend.Trend;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;

/**
 * What one tag, or a pool as a whole, does over time.
 *
 * @param tag the tag; {@code null} for the pool as a whole
 * @param pool the pool
 * @param driver the driver that owns the tag, when it is known and no other uses it; {@code null} otherwise
 * @param trend what its bytes do, between two starts of the machine
 * @param from the first sample looked at, in the machine's own time
 * @param to the last
 * @param boot the start of the machine before {@code from}; {@code null} when none is known
 * @param otherLeaks how many other stretches between starts show the same leak
 * @param shareOfGrowth how much of the pool's growth it explains, 0 to 1 (more when others shrank); {@code null} when the pool
 *     does not grow
 * @param confidence how sure the shape is
 * @param exhaustedAt when the pool runs out at this pace; {@code null} when it does not grow or the limit is not known
 * @param companions tags whose blocks grow in a fixed ratio to those of this one
 * @param seenAt where its samples stand: the first and the last, or the log they are in
 */
public record TagTrend(PoolTag tag, PoolKind pool, String driver, Trend trend, LocalDateTime from, LocalDateTime to,
        LocalDateTime boot,
        int otherLeaks, Double shareOfGrowth, Confidence confidence, Exhaustion exhaustedAt, List<PoolTag> companions,
        List<Provenance> seenAt) {

    public TagTrend {
        companions = List.copyOf(companions);
        seenAt = List.copyOf(seenAt);
    }

    /**
     * When a pool runs out.
     *
     * @param earliest at the fastest pace the samples allow
     * @param expected at the pace seen
     * @param latest at the slowest; {@code null} when it may never happen
     * @param limit the limit
     */
    public record Exhaustion(LocalDateTime earliest, LocalDateTime expected, LocalDateTime latest, PoolLimits.Limit limit) {

        private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

        /** When, in words: nobody knows the hour. */
        public String range() {
            return latest == null ? "not before " + TIME.format(earliest) + ", likely about " + TIME.format(expected)
                    : TIME.format(earliest).equals(TIME.format(latest)) ? "about " + TIME.format(expected)
                    : "between " + TIME.format(earliest) + " and " + TIME.format(latest);
        }

        /** As a sentence about a pool, named as the sentence names it. */
        public String sentence(String pool) {
            return "At this pace " + pool + " reaches " + Quantity.bytes(limit.bytes()) + " (" + limit.source() + ") " + range() + ".";
        }
    }

    /** Whether this is the pool as a whole. */
    public boolean isTotal() {
        return tag == null;
    }

    /** When it began to grow, in the machine's own time; empty when it does not leak. */
    public Optional<LocalDateTime> began() {
        return trend.isLeak() ? Optional.of(PoolTrends.time(trend.began())) : Optional.empty();
    }
}
