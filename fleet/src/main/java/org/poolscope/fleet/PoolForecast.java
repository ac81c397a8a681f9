package org.poolscope.fleet;

import java.time.LocalDateTime;
import org.poolscope.diagnosis.trend.Shape;

/**
 * How a pool of a machine goes on.
 *
 * @param machine the machine
 * @param pool {@code paged} or {@code nonpaged}
 * @param bytes in use at the end of the samples, noise smoothed away
 * @param maximumBytes its limit, from the evidence or as the user gave it; {@code null} when nobody says
 * @param shape what it does, in a word
 * @param bytesPerHour its growth
 * @param bytesPerHourLow the lower end of the 95% interval of the growth
 * @param bytesPerHourHigh the upper end
 * @param earliest when it is full at the fastest pace in the interval; {@code null} when it does not grow without rest, or no limit is
 *     known, or it lasts longer than ten years
 * @param latest the same at the slowest pace; {@code null} also when the slowest pace never fills it
 * @param leader the tag that grew most in it since the machine's last boot; {@code null} when none grew
 * @param leaderBytes by how much that tag grew
 */
public record PoolForecast(String machine, String pool, long bytes, Long maximumBytes, String shape, double bytesPerHour,
        double bytesPerHourLow, double bytesPerHourHigh, LocalDateTime earliest, LocalDateTime latest, String leader, long leaderBytes) {

    /** The same growth, which the tags of the pool show to come to rest. */
    PoolForecast thatRests() {
        return new PoolForecast(machine, pool, bytes, maximumBytes, Shape.GROWS.word(), bytesPerHour, bytesPerHourLow, bytesPerHourHigh, null,
                null, leader, leaderBytes);
    }
}
