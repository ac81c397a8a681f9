package org.poolscope.lab;

import org.poolscope.model.Progress;

/**
 * How a case is made.
 *
 * @param scale 1 makes the case in its full size; a smaller number makes counts and pools smaller in proportion, down to 0.001
 * @param seed decides everything that is left to chance
 * @param variant one of the case's {@linkplain LabCase#variants() variants}; empty for the default one
 * @param progress is told how far the work is
 */
public record LabOptions(double scale, long seed, String variant, Progress progress) {

    /** What the listener is told is being done. */
    static final String MAKING = "making the case";

    /** The smallest scale at which a case still is what it says. */
    public static final double SMALLEST_SCALE = 0.001;

    /** The largest scale: the published size, which fills the address space such a machine has for its pools. */
    public static final double LARGEST_SCALE = 1;

    public LabOptions {
        if (!(scale >= SMALLEST_SCALE && scale <= LARGEST_SCALE)) {
            throw new IllegalArgumentException("the scale must be between " + SMALLEST_SCALE + " and " + LARGEST_SCALE + ", not "
                    + scale);
        }
    }

    /** The default variant at a scale, with seed 1. */
    public static LabOptions scale(double scale) {
        return new LabOptions(scale, 1, "", Progress.NONE);
    }

    /** The same with another variant. */
    public LabOptions withVariant(String other) {
        return new LabOptions(scale, seed, other, progress);
    }

    /** The same with another seed. */
    public LabOptions withSeed(long other) {
        return new LabOptions(scale, other, variant, progress);
    }

    /** The same, telling its progress. */
    public LabOptions withProgress(Progress listener) {
        return new LabOptions(scale, seed, variant, listener);
    }
}
