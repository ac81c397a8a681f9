package org.poolscope.diagnosis.trend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether leaks are found, and only they; on generated series whose truth is known. */
class TrendTest {

    private static final int EACH = 200;
    private static final long HOUR = 3_600_000;

    /**
     * The demand: 24 hourly samples, noise of 20% of the level, at least 95% of the leaks found, at most 1% of the others taken
     * for one.
     */
    @Property(tries = 3, seed = "20040714")
    void inADayOfHourlySamplesLeaksAreFoundAndOnlyThey(@ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long seed) {
        Rates rates = rates(24, EACH, new Random(seed));
        assertThat(rates.leaks).isEqualTo(Generated.Leak.values().length * Generated.Noise.values().length * EACH);
        assertThat((double) rates.found / rates.leaks).as("leaks found, of %d", rates.leaks).isGreaterThanOrEqualTo(0.95);
        assertThat((double) rates.accused / rates.calm).as("others taken for a leak, of %d",
                rates.calm).isLessThanOrEqualTo(0.01);
    }

    @ParameterizedTest
    @CsvSource({"30, 0.95, 0.01", "48, 0.97, 0.01", "72, 0.98, 0.01", "100, 0.98, 0.005", "480, 0.99, 0.002"})
    void withMoreSamplesMore(int samples, double found, double accused) {
        Rates rates = rates(samples, 40, new Random(7));
        assertThat((double) rates.found / rates.leaks).isGreaterThanOrEqualTo(found);
        assertThat((double) rates.accused / rates.calm).isLessThanOrEqualTo(accused);
    }

    /** A machine has two thousand tags, nearly all of them flat: among those next to none may be accused by chance. */
    @Test
    void flatTagsAreNotAccused() {
        Random random = new Random(11);
        int accused = 0;
        int steady = 0;
        for (int i = 0; i < 8000; i++) {
            Generated flat = Generated.calm(Generated.Calm.FLAT, Generated.Noise.values()[i % 4], 24, random);
            Shape shape = Trend.of(flat.times(), flat.values()).shape();
            accused += shape == Shape.LEAK ? 1 : 0;
            steady += shape == Shape.STEADY ? 1 : 0;
        }
        assertThat(accused).isLessThanOrEqualTo(8);
        assertThat(steady).isGreaterThan(7600);
    }

    private record Rates(int leaks, int found, int calm, int accused) {
    }

    private static Rates rates(int samples, int each, Random random) {
        int leaks = 0;
        int found = 0;
        int calm = 0;
        int accused = 0;
        for (Generated.Noise noise : Generated.Noise.values()) {
            for (int i = 0; i < each; i++) {
                for (Generated.Leak kind : Generated.Leak.values()) {
                    Generated series = Generated.leak(kind, noise, samples, random);
                    leaks++;
                    found += Trend.of(series.times(), series.values()).isLeak() ? 1 : 0;
                }
                for (Generated.Calm kind : Generated.Calm.values()) {
                    Generated series = Generated.calm(kind, noise, samples, random);
                    calm++;
                    accused += Trend.of(series.times(), series.values()).isLeak() ? 1 : 0;
                }
            }
        }
        return new Rates(leaks, found, calm, accused);
    }

    @Test
    void thePaceOfALeakIsThatOfTheLeakAndItsIntervalHoldsIt() {
        Random random = new Random(3);
        int held = 0;
        int all = 2000;
        for (int i = 0; i < all; i++) {
            double[] values = new double[24];
            long[] times = hours(24);
            for (int h = 0; h < 24; h++) {
                values[h] = 1e8 + 5e6 * h + 1e7 * random.nextGaussian();
            }
            Trend trend = Trend.of(times, values);
            assertThat(trend.perHour()).isCloseTo(5e6, within(2.5e6));
            held += trend.perHourLow() <= 5e6 && 5e6 <= trend.perHourHigh() ? 1 : 0;
        }
        assertThat((double) held / all).isBetween(0.94, 0.985);
    }

    @Test
    void aLeakThatBeginsInBetweenIsDated() {
        long[] times = hours(96);
        double[] values = new double[96];
        Random random = new Random(5);
        for (int h = 0; h < 96; h++) {
            values[h] = 1e8 + Math.max(0, h - 40) * 4e6 + 1e6 * random.nextGaussian();
        }
        Trend trend = Trend.of(times, values);
        assertThat(trend.shape()).isEqualTo(Shape.LEAK);
        assertThat((trend.began() - times[0]) / (double) HOUR).isCloseTo(40, within(2.0));
        assertThat(trend.perHour()).isCloseTo(4e6, within(1e5));
        assertThat(trend.end()).isCloseTo(1e8 + 55 * 4e6, within(3e6));
        assertThat(trend.growth()).isCloseTo(55 * 4e6, within(9e6));
    }

    @Test
    void whatComesToRestIsNamed() {
        long[] times = hours(96);
        assertThat(shape(times, h -> h < 50 ? 1e8 : 3e8)).isEqualTo(Shape.STEP);
        assertThat(shape(times, h -> 1e8 + 2e8 * (1 - Math.exp(-h / 10.0)))).isEqualTo(Shape.WARM_UP);
        assertThat(shape(times, h -> 1e8 + 5e7 * Math.sin(h * Math.PI / 12))).isEqualTo(Shape.RHYTHM);
        assertThat(shape(times, h -> 4e8 - 2e6 * h)).isEqualTo(Shape.SHRINKS);
        assertThat(shape(times, h -> 1e8 + 2e6 * h + 3e7 * Math.sin(h * Math.PI / 12))).isEqualTo(Shape.LEAK);
    }

    private static Shape shape(long[] times, java.util.function.IntToDoubleFunction form) {
        Random random = new Random(9);
        double[] values = new double[times.length];
        for (int h = 0; h < values.length; h++) {
            values[h] = form.applyAsDouble(h) + 1e6 * random.nextGaussian();
        }
        return Trend.of(times, values).shape();
    }

    @Test
    void ofTwoSamplesOnlyThePaceIsKnown() {
        Trend trend = Trend.of(new long[] {0, 5 * HOUR}, new double[] {10e6, 60e6});
        assertThat(trend.shape()).isEqualTo(Shape.GROWS);
        assertThat(trend.perHour()).isEqualTo(10e6);
        assertThat(trend.perHourLow()).as("two samples say nothing of chance").isNaN();
        assertThat(trend.perHourHigh()).isNaN();
        Trend five = Trend.of(hours(5), new double[] {1e6, 2e6, 3e6, 4.5e6, 5e6});
        assertThat(five.perHourLow()).isPositive().isLessThan(five.perHourHigh());
        assertThat(Trend.of(new long[] {0}, new double[] {1}).shape()).isEqualTo(Shape.TOO_FEW);
        assertThat(Trend.of(new long[] {5, 5}, new double[] {1, 2}).shape()).isEqualTo(Shape.TOO_FEW);
        assertThat(Trend.of(new long[0], new double[0]).shape()).isEqualTo(Shape.TOO_FEW);
    }

    @Test
    void halfADayIsTooShortToRuleOutTheDaysRhythm() {
        long[] times = hours(12);
        assertThat(shape(times, h -> 1e8 + 4e7 * h)).isEqualTo(Shape.GROWS);
    }

    @Property(tries = 300)
    void neitherUnitNorClockMatter(@ForAll @LongRange(min = 0, max = 1L << 40) long seed, @ForAll @IntRange(min = -8,
            max = 8) int scale,
            @ForAll @IntRange(min = 0, max = 5000) int days) {
        Random random = new Random(seed);
        Generated series = random.nextBoolean() ? Generated.leak(Generated.Leak.STEADY, Generated.Noise.NORMAL, 40, random)
                : Generated.calm(Generated.Calm.PLATEAU, Generated.Noise.NORMAL, 40, random);
        long[] later = series.times().clone();
        double[] scaled = series.values().clone();
        for (int i = 0; i < later.length; i++) {
            later[i] += days * 24 * HOUR;
            scaled[i] = Math.scalb(scaled[i], scale);
        }
        Trend one = Trend.of(series.times(), series.values());
        Trend other = Trend.of(later, scaled);
        assertThat(other.shape()).isEqualTo(one.shape());
        assertThat(Math.scalb(one.perHour(), scale)).isCloseTo(other.perHour(), within(1e-9 * Math.abs(other.perHour()) + 1e-12));
    }

    @Property(tries = 500)
    void anythingHasAnAnswer(@ForAll @Size(max = 200) double[] values, @ForAll @DoubleRange(min = 0, max = 1) double missing,
            @ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        Random random = new Random(seed);
        long[] times = new long[values.length];
        long time = 0;
        for (int i = 0; i < times.length; i++) {
            times[i] = time;
            time += random.nextInt(3) * (long) random.nextInt(10_000_000);
            values[i] = random.nextDouble() < missing ? Double.NaN : values[i];
        }
        Trend trend = Trend.of(times, values);
        assertThat(trend.shape()).isNotNull();
        if (trend.perHourLow() <= trend.perHourHigh()) {
            assertThat(trend.perHour()).isBetween(trend.perHourLow(), trend.perHourHigh());
        }
    }

    private static long[] hours(int count) {
        long[] times = new long[count];
        for (int i = 0; i < count; i++) {
            times[i] = 1_600_000_000_000L + i * HOUR;
        }
        return times;
    }
}
