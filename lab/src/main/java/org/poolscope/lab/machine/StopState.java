package org.poolscope.lab.machine;

import java.time.Instant;

/**
 * When and why the machine stopped.
 *
 * @param bugCheck the bug check code
 * @param parameters its four parameters
 * @param time when, UTC
 * @param upSeconds how long it had run
 */
public record StopState(int bugCheck, long[] parameters, Instant time, long upSeconds) {

    private static final long FILETIME_OF_1970 = 116_444_736_000_000_000L;

    /** A stop somebody asked for with the keyboard (0xE2), which is how dumps of a machine in trouble are taken. */
    public static StopState requested(Instant time, long upSeconds) {
        return new StopState(0xe2, new long[4], time, upSeconds);
    }

    /** The time as FILETIME: units of 100 ns since 1601. */
    public long fileTime() {
        return time.getEpochSecond() * 10_000_000L + time.getNano() / 100 + FILETIME_OF_1970;
    }
}
