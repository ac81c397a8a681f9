package org.poolscope.diagnosis.trend;

/**
 * What one figure does over time.
 *
 * @param shape what it does
 * @param samples how many samples were looked at
 * @param perHour growth per hour (Theil–Sen: the median of the slopes between all pairs of samples); of a leak that began in
 *     between,
 *     since it began; {@code NaN} when there are fewer than two samples
 * @param perHourLow the lower end of the 95% confidence interval of {@code perHour}; {@code NaN} when there are too few samples for one
 * @param perHourHigh the upper end
 * @param significance how many standard errors the growth is away from none
 * @param margin how much better growth explains the samples than anything that comes to rest (difference of the Bayesian
 *     information
 *     criterion; above 0 growth is better); {@code NaN} where it was not asked
 * @param began when growth began, in the unit of the samples' times: the first sample, or later; meaningful for a leak
 * @param end the level at the end, noise smoothed away
 * @param growth the growth from {@code began} to the last sample
 */
public record Trend(Shape shape, int samples, double perHour, double perHourLow, double perHourHigh, double significance,
        double margin,
        long began, double end, double growth) {

    private static final ThreadLocal<TrendFit> FITS = ThreadLocal.withInitial(TrendFit::new);

    /**
     * Looks at a series. Takes some microseconds for a flat one and some tens of microseconds for one that grows, whatever its
     * length;
     * allocates nothing but the result.
     *
     * @param times when each sample was taken, in milliseconds, never going back
     * @param values the samples; {@code NaN} where there is none
     */
    public static Trend of(long[] times, double[] values) {
        return of(times, values, 0, Math.min(times.length, values.length));
    }

    /**
     * Looks at a part of a series.
     *
     * @param times when each sample was taken, in milliseconds, never going back
     * @param values the samples; {@code NaN} where there is none
     * @param from the first sample
     * @param to behind the last sample
     */
    public static Trend of(long[] times, double[] values, int from, int to) {
        return FITS.get().of(times, values, from, to);
    }

    /** The same growth, which something besides the samples shows to come to rest. */
    public Trend thatRests() {
        return new Trend(Shape.GROWS, samples, perHour, perHourLow, perHourHigh, significance, margin, began, end, growth);
    }

    /** Whether it is a leak. */
    public boolean isLeak() {
        return shape == Shape.LEAK;
    }
}
