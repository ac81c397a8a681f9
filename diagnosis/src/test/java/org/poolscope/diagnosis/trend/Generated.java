package org.poolscope.diagnosis.trend;

import java.util.random.RandomGenerator;

/**
 * Series as machines make them, with and without a leak, at random but repeatable.
 *
 * @param name what it is
 * @param leaks whether it leaks
 * @param times hourly, in milliseconds
 * @param values bytes
 */
record Generated(String name, boolean leaks, long[] times, double[] values) {

    /** How a leak shows. All grow by at least {@link #LEAST_GROWTH} of the level they begin with, over the whole series. */
    enum Leak {
        STEADY, WITH_THE_DAYS_RHYTHM, MORE_IN_WORKING_HOURS, IN_PORTIONS, BEGINS_LATER, WITH_A_STEP
    }

    /** What is no leak, however it looks. */
    enum Calm {
        FLAT, DAYS_RHYTHM, WORKING_HOURS, ONE_STEP, WARM_UP, PLATEAU, SHRINKS, SAWTOOTH, SPIKES, REMEMBERS
    }

    /** The noise. */
    enum Noise {
        /** Normal, with a standard deviation of 20% of the level it begins with. */
        NORMAL,
        /** Anywhere within 20% above or below the level of the moment. */
        WITHIN,
        /** Mostly small, sometimes large (Laplace), with a standard deviation of 20%. */
        HEAVY,
        /** Next to none: 1%. */
        SMALL
    }

    /** A leak that matters at least doubles what the tag held when the day began. */
    static final double LEAST_GROWTH = 1.0;

    static Generated leak(Leak kind, Noise noise, int samples, RandomGenerator random) {
        double growth = LEAST_GROWTH * Math.pow(10, random.nextDouble());
        double wave = kind == Leak.WITH_THE_DAYS_RHYTHM ? 0.3 * random.nextDouble() : 0;
        double phase = 24 * random.nextDouble();
        int begins = kind == Leak.BEGINS_LATER ? (int) (samples * 0.4 * random.nextDouble()) : 0;
        int portion = 2 + random.nextInt(2);
        int step = random.nextInt(samples);
        double height = kind == Leak.WITH_A_STEP ? 0.3 * random.nextDouble() : 0;
        int openAt = random.nextInt(24);
        double work = 0;
        double[] clean = new double[samples];
        double allWork = 0;
        for (int i = 0; i < samples; i++) {
            allWork += isOpen(i, openAt) ? 1 : 0.5;
        }
        for (int i = 0; i < samples; i++) {
            double done = switch (kind) {
                case MORE_IN_WORKING_HOURS -> work / allWork;
                case IN_PORTIONS -> (double) (i / portion * portion) / (samples - 1);
                case BEGINS_LATER -> Math.max(0, (double) (i - begins) / (samples - 1 - begins));
                default -> (double) i / (samples - 1);
            };
            work += isOpen(i, openAt) ? 1 : 0.5;
            clean[i] = 1 + growth * done + wave * Math.sin((i + phase) * Math.PI / 12) + (i >= step ? height : 0);
        }
        return make("leak " + kind, true, clean, noise, random);
    }

    private static boolean isOpen(int hour, int openAt) {
        return (hour + openAt) % 24 < 12;
    }

    static Generated calm(Calm kind, Noise noise, int samples, RandomGenerator random) {
        double height = 5 * random.nextDouble();
        double wave = random.nextDouble();
        double phase = 24 * random.nextDouble();
        int at = 1 + random.nextInt(samples - 2);
        double tau = samples * (0.02 + 0.13 * random.nextDouble());
        double rest = samples * 0.5 * random.nextDouble();
        int period = 3 + random.nextInt(10);
        int openAt = random.nextInt(24);
        double memory = 0;
        double[] clean = new double[samples];
        for (int i = 0; i < samples; i++) {
            memory = 0.5 * memory + 0.15 * random.nextGaussian();
            clean[i] = switch (kind) {
                case FLAT -> 1;
                case DAYS_RHYTHM -> 1 + wave * 0.9 * Math.sin((i + phase) * Math.PI / 12);
                case WORKING_HOURS -> 1 + (isOpen(i, openAt) ? height : 0);
                case ONE_STEP -> 1 + (i >= at ? height : 0);
                case WARM_UP -> 1 + height * (1 - Math.exp(-i / tau));
                case PLATEAU -> 1 + height * Math.min(1, i / (rest + 1));
                case SHRINKS -> 1 + height * (1 - (double) i / samples);
                case SAWTOOTH -> 1 + height * ((i + at) % period) / period;
                case SPIKES -> random.nextInt(12) == 0 ? 1 + height : 1;
                case REMEMBERS -> 1 + memory;
            };
        }
        return make("calm " + kind, false, clean, kind == Calm.REMEMBERS ? Noise.SMALL : noise, random);
    }

    private static Generated make(String name, boolean leaks, double[] clean, Noise noise, RandomGenerator random) {
        double level = Math.pow(10, 4 + 5 * random.nextDouble());
        double first = Math.abs(clean[0]);
        long[] times = new long[clean.length];
        double[] values = new double[clean.length];
        long start = 1_600_000_000_000L + 3_600_000L * random.nextInt(10_000);
        for (int i = 0; i < clean.length; i++) {
            times[i] = start + 3_600_000L * i;
            double off = switch (noise) {
                case NORMAL -> 0.2 * first * random.nextGaussian();
                case WITHIN -> clean[i] * (0.4 * random.nextDouble() - 0.2);
                case HEAVY -> 0.2 * first * laplace(random) / Math.sqrt(2);
                case SMALL -> 0.01 * first * random.nextGaussian();
            };
            values[i] = Math.max(0, Math.rint(level * (clean[i] + off)));
        }
        return new Generated(name + " with noise " + noise, leaks, times, values);
    }

    private static double laplace(RandomGenerator random) {
        double u = random.nextDouble() - 0.5;
        return -Math.signum(u) * Math.log(Math.max(1e-12, 1 - 2 * Math.abs(u)));
    }
}
