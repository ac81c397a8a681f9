package org.poolscope.lab;

/**
 * Pseudo-random numbers that are the same on every machine and every Java for a given seed, so that a case can be made again
 * byte for byte: SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
 */
public final class Dice {

    private static final long GAMMA = 0x9e3779b97f4a7c15L;

    private long state;

    /** Starts a sequence. */
    public Dice(long seed) {
        this.state = seed;
    }

    /** A sequence of its own, whose numbers do not depend on how many this one has given. */
    public Dice named(String purpose) {
        long seed = state;
        for (int i = 0; i < purpose.length(); i++) {
            seed = (seed ^ purpose.charAt(i)) * 0x100000001b3L;
        }
        return new Dice(mix(seed));
    }

    /** The next 64 bits. */
    public long nextLong() {
        state += GAMMA;
        return mix(state);
    }

    /** The next 32 bits. */
    public int nextInt() {
        return (int) (nextLong() >>> 32);
    }

    /** A number from 0 to {@code bound - 1}; {@code bound} must be positive. */
    public int below(int bound) {
        return (int) ((nextLong() >>> 33) * bound >>> 31);
    }

    /** A number from {@code least} to {@code most}, both included. */
    public int between(int least, int most) {
        return least + below(most - least + 1);
    }

    /** True once in {@code n} times. */
    public boolean oneIn(int n) {
        return below(n) == 0;
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }
}
