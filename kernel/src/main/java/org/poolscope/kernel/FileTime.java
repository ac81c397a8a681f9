package org.poolscope.kernel;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Windows times: counts of 100 ns, moments since 1601-01-01 UTC. */
final class FileTime {

    private static final long PER_SECOND = 10_000_000;
    private static final long NANOSECONDS = 100;

    /** Seconds from 1601 to 1970. */
    private static final long EPOCH = 11_644_473_600L;

    /** No image is older than NT or younger than the year 2200: what lies outside is not a time. */
    private static final long EARLIEST = (EPOCH + 700_000_000L) * PER_SECOND;
    private static final long LATEST = (EPOCH + 7_258_118_400L) * PER_SECOND;

    /** Nothing runs for a century. */
    private static final long LONGEST = 100L * 366 * 86_400 * PER_SECOND;

    private FileTime() {
    }

    /** The moment, if it can be one. */
    static Optional<Instant> instant(long time) {
        return time < EARLIEST || time > LATEST ? Optional.empty()
                : Optional.of(Instant.ofEpochSecond(time / PER_SECOND - EPOCH, time % PER_SECOND * NANOSECONDS));
    }

    /** The span, if it can be one. */
    static Optional<Duration> duration(long time) {
        return time <= 0 || time > LONGEST ? Optional.empty()
                : Optional.of(Duration.ofSeconds(time / PER_SECOND, time % PER_SECOND * NANOSECONDS));
    }
}
