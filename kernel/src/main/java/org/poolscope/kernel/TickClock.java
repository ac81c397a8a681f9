package org.poolscope.kernel;

import java.time.Duration;
import java.util.Optional;

/**
 * The clock the kernel measures waits by: ticks since the system started.
 *
 * @param now the tick at which the image was taken
 * @param multiplier milliseconds in a tick, as a fixed-point number with 24 bits behind the point
 */
public record TickClock(long now, long multiplier) {

    private static final int FRACTION_BITS = 24;

    /** A tick is 10 or 15.6 ms; some systems had others, none as far off as this. */
    private static final long LONGEST_TICK = 1000L << FRACTION_BITS;

    /** Ticks and time are counted at the same interrupt, but a system that was held back loses ticks. */
    private static final int TOLERANCE_PERCENT = 20;

    /** The clock, when it tells about the same time as the system's own count of it. */
    static Optional<TickClock> of(long now, long multiplier, Optional<Duration> upTime) {
        if (now <= 0 || now > 1L << 40 || multiplier <= 0 || multiplier > LONGEST_TICK) {
            return Optional.empty();
        }
        TickClock clock = new TickClock(now, multiplier);
        long millis = clock.millis(now);
        long known = upTime.map(Duration::toMillis).orElse(millis);
        return Math.abs(known - millis) <= known / 100 * TOLERANCE_PERCENT + 1000 ? Optional.of(clock) : Optional.empty();
    }

    private long millis(long ticks) {
        return Math.multiplyHigh(ticks, multiplier) << Long.SIZE - FRACTION_BITS | ticks * multiplier >>> FRACTION_BITS;
    }

    /** How long ago a tick was, of which the kernel kept the lower 32 bits; empty when that is longer than the system ran. */
    public Optional<Duration> since(int tick) {
        long elapsed = Integer.toUnsignedLong((int) now - tick);
        return elapsed > now ? Optional.empty() : Optional.of(Duration.ofMillis(millis(elapsed)));
    }
}
