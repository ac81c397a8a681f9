package org.poolscope.model;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * One performance counter of one machine over time. The arrays have the same length, are not copied, and must not be changed.
 *
 * @param seenAt where it stands in the evidence
 * @param source the kind of log, as a user would name it: {@code PerfMon counter log}, {@code Get-Counter}
 * @param machine the machine's name as the log has it, or {@code null}
 * @param counter which figure
 * @param instance whose figure, for counters that are kept for each process; {@code null} for the machine as a whole
 * @param zone the zone of the times where the log gives it; {@code null} when it does not
 * @param times when each sample was taken: milliseconds since 1970-01-01T00:00 on the machine's own clock, never going back
 * @param values the samples; {@code NaN} where the log has none
 */
public record CounterSeries(Provenance seenAt, String source, String machine, Counter counter, String instance, ZoneOffset zone,
        long[] times, double[] values) implements Fact {

    /** Checks that every sample has a time. */
    public CounterSeries {
        if (times.length != values.length) {
            throw new IllegalArgumentException(times.length + " times and " + values.length + " values");
        }
    }

    /** How many samples there are, missing ones included. */
    public int size() {
        return times.length;
    }

    /** When a sample was taken, in the machine's own time. */
    public LocalDateTime taken(int index) {
        return LocalDateTime.ofEpochSecond(Math.floorDiv(times[index], 1000L), (int) Math.floorMod(times[index], 1000L)
                * 1_000_000,
                ZoneOffset.UTC);
    }

    /** A time of the machine's own clock as {@link #times()} has it. */
    public static long millis(LocalDateTime time) {
        return time.toEpochSecond(ZoneOffset.UTC) * 1000 + time.getNano() / 1_000_000;
    }
}
