package org.poolscope.fleet;

import java.util.List;

/**
 * Something that machines with a leak have and others have not, or the other way round.
 *
 * @param tag the tag that leaks
 * @param pool its pool
 * @param what the things that the same machines have; they cannot be told apart by this fleet
 * @param has whether the leaking machines have it; else it is what they lack
 * @param leakingWith leaking machines that have it (or lack it)
 * @param leaking leaking machines of which the inventory is known
 * @param healthyWith other machines that have it (or lack it)
 * @param healthy other machines of which the inventory is known
 * @param lift how much more common the leak is among machines like that than in the fleet
 * @param probability that chance alone gives so uneven a share (Fisher's exact test, one-sided)
 * @param corrected the same, corrected for how many things were compared (Holm)
 */
public record FleetOutlier(String tag, String pool, List<Thing> what, boolean has, int leakingWith, int leaking, int healthyWith,
        int healthy, double lift, double probability, double corrected) {

    public FleetOutlier {
        what = List.copyOf(what);
    }

    /**
     * A thing of the inventory.
     *
     * @param kind {@code driver}, {@code device}, {@code os}, {@code hotfix}, {@code hardware} or {@code setting}
     * @param name what it is called
     * @param value its version or setting, or {@code null}
     */
    public record Thing(String kind, String name, String value) {

        @Override
        public String toString() {
            return kind + " " + name + (value == null ? "" : " " + value);
        }
    }

    /** Whether it sets them apart completely: all the leaking machines and no other. */
    public boolean isExact() {
        return leakingWith == leaking && healthyWith == 0;
    }

    /** Whether chance is ruled out at the usual level, all comparisons considered. */
    public boolean isSignificant() {
        return corrected < 0.05;
    }
}
