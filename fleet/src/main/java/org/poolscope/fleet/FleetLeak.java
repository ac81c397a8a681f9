package org.poolscope.fleet;

import java.time.LocalDateTime;

/**
 * A tag that grows on a machine without coming to rest.
 *
 * @param key whose, which tag, which pool
 * @param samples how many samples the run has in which it shows best
 * @param bytesPerHour its growth
 * @param bytesPerHourLow the lower end of the 95% interval of the growth
 * @param bytesPerHourHigh the upper end
 * @param growthBytes by how much it grew in that run
 * @param bytes how much it holds at the end of that run
 * @param began when it began to grow, in the machine's own time
 * @param significance how many standard errors the growth is away from none
 * @param runs in how many runs of the machine, from one boot to the next, it grows so
 * @param runsSeen how many runs have enough samples to tell
 */
public record FleetLeak(SeriesKey key, int samples, double bytesPerHour, double bytesPerHourLow, double bytesPerHourHigh,
        long growthBytes, long bytes, LocalDateTime began, double significance, int runs, int runsSeen) {
}
