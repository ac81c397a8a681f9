package org.poolscope.lab;

/**
 * What one tag of one machine of a fleet does over time: bytes outstanding at a moment after the machine's boot.
 *
 * @param shape how it behaves
 * @param baseBytes its level
 * @param blockBytes bytes of one of its blocks
 * @param noise how far a sample strays from the level, as a share of it (standard deviation)
 * @param allocsPerHour how often a block is allocated, and freed again
 * @param parameter of the shape: the size of a step, the bytes an hour of a leak
 */
record FleetSeries(Shape shape, double baseBytes, int blockBytes, double noise, double allocsPerHour, double parameter) {

    /** How a tag behaves. Only the last is a leak. */
    enum Shape {
        /** Stays where it is. */
        STEADY,
        /** Follows the day. */
        DAILY,
        /** Fills a cache after boot, then stays. */
        WARMING,
        /** Jumps once, three days after boot, and stays. */
        STEP,
        /** Grows without end. */
        LEAK
    }

    private static final double WARMING_HOURS = 30;
    private static final double STEP_HOUR = 72;

    /** Blocks outstanding. */
    long blocks(double hourOfDay, double uptimeHours, Dice dice) {
        double level = switch (shape) {
            case STEADY -> baseBytes;
            case DAILY -> baseBytes * (1 + 0.15 * Math.sin(2 * Math.PI * hourOfDay / 24));
            case WARMING -> baseBytes * (0.2 + 0.8 * (1 - Math.exp(-uptimeHours / WARMING_HOURS)));
            case STEP -> baseBytes * (uptimeHours < STEP_HOUR ? 1 : 1 + parameter);
            case LEAK -> baseBytes + parameter * uptimeHours;
        };
        // A leak's own blocks never come back; what strays is the rest of the tag.
        double strays = (shape == Shape.LEAK ? baseBytes : level) * noise * normal(dice);
        return Math.max(1, Math.round((level + strays) / blockBytes));
    }

    /** Nearly a normal distribution with mean 0 and deviation 1: the sum of four even ones. */
    private static double normal(Dice dice) {
        double sum = 0;
        for (int i = 0; i < 4; i++) {
            sum += (dice.nextLong() >>> 11) * 0x1p-53;
        }
        return (sum - 2) * Math.sqrt(3);
    }
}
