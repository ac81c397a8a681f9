package org.poolscope.diagnosis.trend;

/** What a figure does over time. */
public enum Shape {
    /** It grows steadily and does not slow down: the picture of a leak. */
    LEAK("leak"),
    /** It grew; whether it will go on cannot be told from what there is. */
    GROWS("grows"),
    /** It grew and came to rest: a cache that filled, a program that started up. */
    WARM_UP("warm-up"),
    /** It changed once (or twice) at a moment and stayed there. */
    STEP("step"),
    /** It follows the time of day. */
    RHYTHM("rhythm"),
    /** It shrinks. */
    SHRINKS("shrinks"),
    /** It neither grows nor shrinks beyond its noise. */
    STEADY("steady"),
    /** There are not enough samples to say anything. */
    TOO_FEW("too few samples");

    private final String word;

    Shape(String word) {
        this.word = word;
    }

    /** The word in reports and JSON. */
    public String word() {
        return word;
    }

    @Override
    public String toString() {
        return word;
    }
}
