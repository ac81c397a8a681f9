package org.poolscope.lab;

import org.poolscope.model.Progress;

/**
 * How a fleet is made.
 *
 * @param machines how many machines
 * @param leaking how many of them leak
 * @param days how many days the samples cover
 * @param samplesPerDay how many samples a day, evenly apart
 * @param tags how many tags each machine uses
 * @param seed decides everything that is left to chance
 * @param progress is told how far the work is
 */
public record FleetOptions(int machines, int leaking, int days, int samplesPerDay, int tags, long seed, Progress progress) {

    public FleetOptions {
        if (machines < 1 || machines > 100_000 || leaking < 0 || leaking > machines || days < 1 || days > 3660 || samplesPerDay < 1
                || samplesPerDay > 1440 || tags < 20 || tags > 20_000) {
            throw new IllegalArgumentException("a fleet has 1 to 100000 machines, of which none to all leak, 1 to 3660 days,"
                    + " 1 to 1440 samples a day, and 20 to 20000 tags");
        }
    }

    /** The published case: 400 machines, 4 of which leak, 20 days; few tags and samples, so that it is quickly made. */
    public static FleetOptions published() {
        return new FleetOptions(400, 4, 20, 4, 60, 1, Progress.NONE);
    }
}
