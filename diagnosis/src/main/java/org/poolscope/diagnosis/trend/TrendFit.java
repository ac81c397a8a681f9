package org.poolscope.diagnosis.trend;

import java.util.Arrays;

/**
 * Fits the shapes a pool's use takes over time, and picks the one that explains the samples best.
 *
 * <p>A straight line through a cache that fills, a step or a working day always rises, and with enough samples significantly so.
 * So a leak
 * is claimed only when both hold: the growth is far beyond the noise, and a model that goes on growing (a line, a line with the
 * day's
 * rhythm, a line that begins in between) explains the samples better than every model that comes to rest (constant, one step, two
 * steps,
 * growth up to some moment, saturation, the day's rhythm), each charged for its parameters (Bayesian information criterion).
 *
 * <p>Before that, in this order: single outliers are pulled in (Hampel filter over five neighbours); in series of three days and
 * more the
 * day's rhythm is taken out (mean by time of day, of the distance from the centred mean over 24 hours); long series are averaged
 * into
 * {@value #POINTS} intervals. Noise that remembers its last value counts for less: the standard error is widened by the first
 * autocorrelation of the residuals.
 *
 * <p>The slope is the median of the slopes of all pairs of points (Theil–Sen), its interval that of Sen (1968).
 *
 * <p>An object serves one thread and keeps its arrays.
 */
final class TrendFit {

    /** Series with more samples are averaged into so many. */
    private static final int POINTS = 48;
    private static final int MOST_RAW = 64;

    /** With fewer samples a line cannot be told from a curve. */
    private static final int FEWEST = 10;
    private static final int FEWEST_FOR_INTERVAL = 5;
    /** Of growth that began in between: with fewer samples of it, noise makes a step look like it. */
    private static final int FEWEST_GROWING = 8;

    /** So many standard errors growth must be away from none; a machine has two thousand tags, so chance must be rare. */
    private static final double SIGNIFICANT = 4.5;
    /** By so much a model that goes on growing must be better than every other. */
    private static final double BETTER = -2;

    /**
     * Of the normal distribution 97.5% lie below 1.96. A little more is taken, because the outliers pulled in and the beginning
     * of growth
     * are found in the same samples: the interval then holds the true pace in 95 of 100 series, as the tests count.
     */
    private static final double Z = 2.2;

    private static final double HOUR = 3_600_000.0;
    private static final double DAY = 24 * HOUR;
    private static final int SLOTS = 24;
    /** From so many days on the day's rhythm is known well enough to be taken out. */
    private static final double WAVE_OUT = 2.9;
    /** In less than this share of a day the day's rhythm looks like growth. */
    private static final double WHOLE_DAY = 0.9;

    /** Outliers are those so many standard deviations from the median of their neighbours. */
    private static final double HAMPEL = 4 * 1.4826;

    /** A line with a wave bends like growth that comes to rest, so it must explain more. */
    private static final double WAVE_PRICE = 6;
    /** That growth began in between is said only when it explains this much more than that it was there from the beginning. */
    private static final double LATE_PRICE = 4;
    /** A change is named only when it explains this much more than none: its moment was searched for. */
    private static final double CHANGE_PRICE = 12;
    /** Growth that ends later than this share of the series cannot be told from growth that goes on. */
    private static final double LATEST_REST = 0.75;
    /** Time constants of growth that dies away, as shares of the series. */
    private static final double[] TAUS = {0.03, 0.06, 0.1, 0.15, 0.2, 0.27, 0.35};

    private double[] y = new double[512];
    private long[] t = new long[512];
    private double[] spare = new double[512];
    private final double[] x = new double[MOST_RAW];
    private final double[] v = new double[MOST_RAW];
    private final double[] w = new double[MOST_RAW];
    private final double[] sw = new double[MOST_RAW + 1];
    private final double[] syyTo = new double[MOST_RAW + 1];
    private final double[] sx = new double[MOST_RAW + 1];
    private final double[] sxx = new double[MOST_RAW + 1];
    private final double[] sy = new double[MOST_RAW + 1];
    private final double[] sxy = new double[MOST_RAW + 1];
    private final double[] slopes = new double[MOST_RAW * (MOST_RAW - 1) / 2];
    private final double[][] design = new double[4][MOST_RAW];
    private final double[] residuals = new double[MOST_RAW];
    private final double[] slot = new double[SLOTS];
    private final int[] slotCount = new int[SLOTS];
    private final double[] coefficients = new double[4];
    private final double[][] normal = new double[4][5];
    private double offset;
    private double lineSlope;
    private double hingeAt;
    private double hingeSlope;
    private double partSlope;
    private double partAt;
    private final double[] spareV = new double[MOST_RAW];
    private final double[] spareR = new double[MOST_RAW];
    private int pairs;
    private int points;
    private double syy;
    private double span;
    private double rhythmShare;

    Trend of(long[] times, double[] values, int from, int to) {
        int n = take(times, values, from, to);
        if (n < 2 || t[n - 1] <= t[0]) {
            return new Trend(Shape.TOO_FEW, n, Double.NaN, Double.NaN, Double.NaN, 0, Double.NaN, n == 0 ? 0 : t[0],
                    n == 0 ? Double.NaN : y[n - 1], 0);
        }
        if (isConstant(n)) {
            return new Trend(Shape.STEADY, n, 0, 0, 0, 0, Double.NaN, t[0], y[0], 0);
        }
        span = (double) t[n - 1] - t[0];
        if (n < FEWEST) {
            gather(n);
            return few(n);
        }
        pullIn(n);
        rhythmShare = 0;
        boolean rhythmOut = takeOutRhythm(n);
        gather(n);
        return decide(n, rhythmOut);
    }

    /** Copies the samples that are there. */
    private int take(long[] times, double[] values, int from, int to) {
        int most = Math.max(0, to - from);
        if (y.length < most) {
            y = new double[most];
            t = new long[most];
            spare = new double[most];
        }
        int n = 0;
        for (int i = from; i < to; i++) {
            if (!Double.isNaN(values[i])) {
                y[n] = values[i];
                t[n++] = times[i];
            }
        }
        return n;
    }

    private boolean isConstant(int n) {
        for (int i = 1; i < n; i++) {
            if (y[i] != y[0]) {
                return false;
            }
        }
        return true;
    }

    /**
     * Two to nine samples: the pace can be told, whether it goes on cannot. Nor can an interval of fewer than five: even when all slopes
     * of four agree, chance does that in one of 12 series (Kendall's statistic).
     */
    private Trend few(int n) {
        double slope = theilSen(0);
        boolean interval = n >= FEWEST_FOR_INTERVAL;
        boolean up = true;
        boolean down = true;
        for (int i = 1; i < n; i++) {
            up &= y[i] >= y[i - 1];
            down &= y[i] <= y[i - 1];
        }
        Shape shape = up ? Shape.GROWS : down ? Shape.SHRINKS : Shape.TOO_FEW;
        return new Trend(n < 3 && !up ? Shape.TOO_FEW : shape, n, slope * HOUR / span,
                interval ? interval(true, n) * HOUR / span : Double.NaN, interval ? interval(false, n) * HOUR / span : Double.NaN, 0, Double.NaN, t[0], y[n - 1], y[n - 1] - y[0]);
    }

    /**
     * Hampel filter: a sample far from the median of itself and two neighbours on either side is replaced by that median. The two
     * at
     * either end stay: nobody knows whether a change at the end is an outlier.
     */
    private void pullIn(int n) {
        for (int i = 2; i < n - 2; i++) {
            spare[i] = Math.abs(y[i] - median5(i));
        }
        double scale = nth(spare, 2, n - 2, n / 2) * HAMPEL;
        if (scale <= 0) {
            return;
        }
        for (int i = 2; i < n - 2; i++) {
            double median = median5(i);
            spare[i] = Math.abs(y[i] - median) > scale ? median : y[i];
        }
        System.arraycopy(spare, 2, y, 2, n - 4);
    }

    private double median5(int i) {
        int first = i - 2;
        double a = y[first];
        double b = y[first + 1];
        double c = y[first + 2];
        double d = y[first + 3];
        double e = y[first + 4];
        // The median of five: of the middle two of four and the fifth.
        double lowAb = Math.min(a, b);
        double highAb = Math.max(a, b);
        double lowCd = Math.min(c, d);
        double highCd = Math.max(c, d);
        double low = Math.max(lowAb, lowCd);
        double high = Math.min(highAb, highCd);
        return Math.max(Math.min(low, high), Math.min(Math.max(low, high), e));
    }

    /** Takes the day's rhythm out of series of three days and more with enough samples a day; whether it did. */
    private boolean takeOutRhythm(int n) {
        if (span < WAVE_OUT * DAY || n < 8 * span / DAY) {
            return false;
        }
        Arrays.fill(slot, 0);
        Arrays.fill(slotCount, 0);
        int low = 0;
        int high = 0;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            while (high < n && t[high] < t[i] + DAY / 2) {
                sum += y[high++];
            }
            while (t[low] < t[i] - DAY / 2) {
                sum -= y[low++];
            }
            boolean whole = t[i] - t[0] >= DAY / 2 - HOUR / 2 && t[n - 1] - t[i] >= DAY / 2 - HOUR / 2;
            if (whole && high > low) {
                int at = slotOf(t[i]);
                slot[at] += y[i] - sum / (high - low);
                slotCount[at]++;
            }
        }
        double mean = 0;
        int used = 0;
        for (int i = 0; i < SLOTS; i++) {
            if (slotCount[i] > 0) {
                slot[i] /= slotCount[i];
                mean += slot[i];
                used++;
            }
        }
        if (used < SLOTS / 3) {
            return false;
        }
        mean /= used;
        double before = variance(n);
        for (int i = 0; i < n; i++) {
            int at = slotOf(t[i]);
            y[i] -= slotCount[at] > 0 ? slot[at] - mean : 0;
        }
        double after = variance(n);
        rhythmShare = before > 0 ? 1 - after / before : 0;
        return true;
    }

    private static int slotOf(long time) {
        return (int) Math.floorMod(Math.floorDiv(time, (long) HOUR), (long) SLOTS);
    }

    private double variance(int n) {
        double sum = 0;
        double squares = 0;
        double origin = y[0];
        for (int i = 0; i < n; i++) {
            double d = y[i] - origin;
            sum += d;
            squares += d * d;
        }
        return squares - sum * sum / n;
    }

    /** The points to fit: the samples, or means of intervals; time from 0 to 1, values from their mean. */
    private void gather(int n) {
        if (n <= MOST_RAW) {
            for (int i = 0; i < n; i++) {
                x[i] = (t[i] - t[0]) / span;
                v[i] = y[i];
            }
            points = n;
        } else {
            points = 0;
            int i = 0;
            for (int bin = 0; bin < POINTS; bin++) {
                double end = (bin + 1.0) / POINTS;
                double sumX = 0;
                double sumY = 0;
                int count = 0;
                while (i < n && (bin == POINTS - 1 || (t[i] - t[0]) / span < end)) {
                    sumX += (t[i] - t[0]) / span;
                    sumY += y[i++];
                    count++;
                }
                if (count > 0) {
                    x[points] = sumX / count;
                    v[points++] = sumY / count;
                }
            }
        }
        weigh();
        double mean = 0;
        for (int i = 0; i < points; i++) {
            mean += w[i] * v[i];
        }
        mean /= points;
        offset = mean;
        for (int i = 0; i < points; i++) {
            v[i] -= mean;
            sw[i + 1] = sw[i] + w[i];
            sx[i + 1] = sx[i] + w[i] * x[i];
            sxx[i + 1] = sxx[i] + w[i] * x[i] * x[i];
            sy[i + 1] = sy[i] + w[i] * v[i];
            sxy[i + 1] = sxy[i] + w[i] * x[i] * v[i];
            syyTo[i + 1] = syyTo[i] + w[i] * v[i] * v[i];
        }
        syy = syyTo[points];
    }

    /**
     * Busy tags are noisier than quiet ones, and a leak grows from quiet to busy. Where the noise (the bends between three points
     * in a row)
     * is larger at high levels than at low ones, points count by one over their level squared; otherwise all count the same.
     */
    private void weigh() {
        Arrays.fill(w, 0, points, 1);
        if (points < FEWEST) {
            return;
        }
        double all = 0;
        double most = 0;
        for (int i = 0; i < points; i++) {
            double sum = 0;
            int first = Math.max(0, i - 2);
            int last = Math.min(points - 1, i + 2);
            for (int k = first; k <= last; k++) {
                sum += v[k];
            }
            spareV[i] = sum / (last - first + 1);
            all += spareV[i];
            most = Math.max(most, spareV[i]);
        }
        double middle = all / points;
        double bendHigh = 0;
        double bendLow = 0;
        double high = 0;
        double low = 0;
        int highs = 0;
        for (int i = 1; i < points - 1; i++) {
            double bend = Math.abs(v[i - 1] - 2 * v[i] + v[i + 1]);
            if (spareV[i] > middle) {
                bendHigh += bend;
                high += spareV[i];
                highs++;
            } else {
                bendLow += bend;
                low += spareV[i];
            }
        }
        int lows = points - 2 - highs;
        if (highs < 4 || lows < 4 || low <= 0) {
            return;
        }
        double levels = high / highs / (low / lows);
        double bends = bendLow <= 0 ? 0 : bendHigh / highs / (bendLow / lows);
        if (levels < 1.25 || bends < 1 + (levels - 1) / 2) {
            return;
        }
        double sum = 0;
        for (int i = 0; i < points; i++) {
            double level = Math.max(spareV[i], most / 20);
            w[i] = 1 / (level * level);
            sum += w[i];
        }
        for (int i = 0; i < points; i++) {
            w[i] *= points / sum;
        }
    }

    private Trend decide(int n, boolean rhythmOut) {
        double floor = syy * 1e-9 + Double.MIN_NORMAL;
        double constant = bic(syy, 1, floor);
        double lineRss = line(0);
        double slope = lineSlope;
        double line = bic(lineRss, 2, floor);
        // Most tags stand still: nothing more is asked about them.
        double lineError = Math.sqrt(Math.max(lineRss, floor) / Math.max(1, points - 2) / spread());
        if (Math.abs(slope) < 2.5 * lineError && constant < line) {
            boolean rhythm = rhythmShare > 0.5;
            if (!rhythm && !rhythmOut && span >= WHOLE_DAY * DAY) {
                rhythm = bic(sinus(false), 3, floor) + 2 < constant;
            }
            if (rhythm || steps(floor) + CHANGE_PRICE >= constant) {
                return calm(rhythm ? Shape.RHYTHM : Shape.STEADY, n, slope / lineError);
            }
        }
        double best = line;
        double growing = slope;
        double from = 0;
        int parameters = 2;
        boolean withRhythm = false;
        double late = bic(beginning(), 3, floor);
        double bestShape = best;
        if (late + LATE_PRICE < best) {
            bestShape = late;
            growing = hingeSlope;
            from = hingeAt;
            parameters = 3;
        }
        double rhythm = Double.POSITIVE_INFINITY;
        if (!rhythmOut && span >= WHOLE_DAY * DAY) {
            rhythm = bic(sinus(false), 3, floor);
            double both = bic(sinus(true), 4, floor) + WAVE_PRICE;
            if (both < bestShape) {
                bestShape = both;
                growing = coefficients[1];
                from = 0;
                parameters = 4;
                withRhythm = true;
            }
        }
        best = Math.min(bestShape, Math.min(best, late));
        double step = steps(floor);
        double rest = rest(floor);
        double other = Math.min(Math.min(constant, rhythm), Math.min(step, rest));
        double significance = significance(from, withRhythm, growing, parameters, floor);
        double margin = other - best;
        if (growing > 0 && significance >= SIGNIFICANT && margin >= BETTER) {
            return span < WHOLE_DAY * DAY ? plain(Shape.GROWS, n, significance, margin) : leak(n, from, significance, margin);
        }
        if (growing < 0 && significance <= -SIGNIFICANT && line < other) {
            return plain(Shape.SHRINKS, n, significance, margin);
        }
        if (other + CHANGE_PRICE >= constant) {
            return growing > 0 && significance >= SIGNIFICANT ? plain(Shape.GROWS, n, significance, margin)
                    : calm(rhythmShare > 0.5 ? Shape.RHYTHM : Shape.STEADY, n, significance);
        }
        if (growing > 0 && significance >= SIGNIFICANT && margin > -BETTER) {
            return plain(Shape.GROWS, n, significance, margin);
        }
        Shape shape = other == rhythm ? Shape.RHYTHM : other == step ? Shape.STEP : Shape.WARM_UP;
        return plain(shape, n, significance, margin);
    }

    /** Residual sum of squares of a constant up to {@code from} and a line from there on; leaves its slope behind. */
    private double line(double from) {
        int k = 0;
        while (k < points && x[k] < from) {
            k++;
        }
        double count = points - sw[k];
        double z = sx[points] - sx[k] - count * from;
        double zz = sxx[points] - sxx[k] - 2 * from * (sx[points] - sx[k]) + count * from * from;
        double zy = sxy[points] - sxy[k] - from * (sy[points] - sy[k]);
        return simple(z, zz, zy);
    }

    /** The same for a line up to {@code until} and a constant from there on. */
    private double lineUntil(double until, int k) {
        double z = sx[k] + (points - sw[k]) * until;
        double zz = sxx[k] + (points - sw[k]) * until * until;
        double zy = sxy[k] + until * (sy[points] - sy[k]);
        return simple(z, zz, zy);
    }

    /**
     * The best constant that turns into growth (Hudson 1966: between two points, the lines through either side, where they meet;
     * else at
     * a point); leaves moment and slope behind.
     */
    private double beginning() {
        double best = Double.POSITIVE_INFINITY;
        int last = points - Math.max(6, points / 3);
        for (int k = 1; k <= last; k++) {
            double rss = line(x[k]);
            if (lineSlope > 0 && rss < best) {
                best = rss;
                hingeAt = x[k];
                hingeSlope = lineSlope;
            }
            // Constant over the points before k, a line over those from k on.
            double level = sy[k] / sw[k];
            double flat = syyTo[k] - sy[k] * level;
            rss = flat + part(k, points);
            double meet = (level - partAt) / partSlope;
            if (partSlope > 0 && meet > x[k - 1] && meet < x[k] && rss < best) {
                best = rss;
                hingeAt = meet;
                hingeSlope = partSlope;
            }
        }
        return best;
    }

    /** Residual sum of squares of a line of its own through some points; leaves its slope and its value at 0 behind. */
    private double part(int first, int end) {
        double n = sw[end] - sw[first];
        double z = sx[end] - sx[first];
        double zz = sxx[end] - sxx[first];
        double vs = sy[end] - sy[first];
        double zy = sxy[end] - sxy[first];
        double variance = zz - z * z / n;
        partSlope = variance <= 1e-12 ? 0 : (zy - z * vs / n) / variance;
        partAt = (vs - partSlope * z) / n;
        return Math.max(0, syyTo[end] - syyTo[first] - vs * vs / n - partSlope * (zy - z * vs / n));
    }

    private double simple(double z, double zz, double zy) {
        double variance = zz - z * z / points;
        if (variance <= 1e-12) {
            lineSlope = 0;
            return syy;
        }
        lineSlope = zy / variance;
        return Math.max(0, syy - lineSlope * zy);
    }

    private double spread() {
        return Math.max(1e-12, sxx[points] - sx[points] * sx[points] / points);
    }

    /** The best of one step and two steps. */
    private double steps(double floor) {
        double one = Double.POSITIVE_INFINITY;
        double two = Double.POSITIVE_INFINITY;
        for (int i = 1; i < points; i++) {
            double first = syy - sy[i] * sy[i] / sw[i];
            double last = sy[points] - sy[i];
            one = Math.min(one, first - last * last / (points - sw[i]));
            for (int j = i + 2; j < points - 1; j++) {
                double middle = sy[j] - sy[i];
                double end = sy[points] - sy[j];
                two = Math.min(two, first - middle * middle / (sw[j] - sw[i]) - end * end / (points - sw[j]));
            }
        }
        return Math.min(bic(one, 3, floor), bic(two, 5, floor));
    }

    /** The best of growth that ends at a moment and growth that dies away. */
    private double rest(double floor) {
        double best = Double.POSITIVE_INFINITY;
        for (int k = 2; k < points - 2 && x[k] < LATEST_REST; k++) {
            double rss = lineUntil(x[k], k);
            best = lineSlope > 0 ? Math.min(best, rss) : best;
            double rest = sy[points] - sy[k];
            double level = rest / (points - sw[k]);
            rss = syy - syyTo[k] - rest * level + part(0, k);
            double meet = (level - partAt) / partSlope;
            best = partSlope > 0 && meet > x[k - 1] && meet < x[k] ? Math.min(best, rss) : best;
        }
        double hinge = bic(best, 3, floor);
        double dying = Double.POSITIVE_INFINITY;
        for (double tau : TAUS) {
            double z = 0;
            double zz = 0;
            double zy = 0;
            for (int i = 0; i < points; i++) {
                double value = 1 - Math.exp(-x[i] / tau);
                z += w[i] * value;
                zz += w[i] * value * value;
                zy += w[i] * value * v[i];
            }
            double rss = simple(z, zz, zy);
            dying = lineSlope > 0 ? Math.min(dying, rss) : dying;
        }
        return Math.min(hinge, bic(dying, 3, floor));
    }

    /** The day's rhythm as one wave, with a line when asked; leaves the coefficients behind. */
    private double sinus(boolean withLine) {
        int columns = withLine ? 4 : 3;
        double turn = 2 * Math.PI * span / DAY;
        for (int i = 0; i < points; i++) {
            design[0][i] = 1;
            design[1][i] = withLine ? x[i] : Math.sin(turn * x[i]);
            design[2][i] = Math.cos(turn * x[i]);
            design[3][i] = Math.sin(turn * x[i]);
        }
        return leastSquares(columns);
    }

    private double leastSquares(int columns) {
        for (int a = 0; a < columns; a++) {
            for (int b = 0; b < columns; b++) {
                double sum = 0;
                for (int i = 0; i < points; i++) {
                    sum += w[i] * design[a][i] * design[b][i];
                }
                normal[a][b] = sum;
            }
            double sum = 0;
            for (int i = 0; i < points; i++) {
                sum += w[i] * design[a][i] * v[i];
            }
            normal[a][columns] = sum;
        }
        for (int a = 0; a < columns; a++) {
            int pivot = a;
            for (int b = a + 1; b < columns; b++) {
                pivot = Math.abs(normal[b][a]) > Math.abs(normal[pivot][a]) ? b : pivot;
            }
            double[] row = normal[a];
            normal[a] = normal[pivot];
            normal[pivot] = row;
            if (Math.abs(normal[a][a]) < 1e-9) {
                return syy;
            }
            for (int b = 0; b < columns; b++) {
                if (b != a) {
                    double factor = normal[b][a] / normal[a][a];
                    for (int c = a; c <= columns; c++) {
                        normal[b][c] -= factor * normal[a][c];
                    }
                }
            }
        }
        for (int a = 0; a < columns; a++) {
            coefficients[a] = normal[a][columns] / normal[a][a];
        }
        double rss = 0;
        for (int i = 0; i < points; i++) {
            double residual = v[i];
            for (int a = 0; a < columns; a++) {
                residual -= coefficients[a] * design[a][i];
            }
            residuals[i] = residual * Math.sqrt(w[i]);
            rss += residuals[i] * residuals[i];
        }
        return rss;
    }

    private double bic(double rss, int parameters, double floor) {
        return rss == Double.POSITIVE_INFINITY ? rss : points * Math.log(Math.max(rss, floor) / points) + parameters
                * Math.log(points);
    }

    /** The growth in standard errors, widened when the noise remembers itself. */
    private double significance(double from, boolean withRhythm, double growing, int parameters, double floor) {
        double rss;
        double room;
        if (withRhythm) {
            rss = sinus(true);
            room = roomOfLineBesideWave();
        } else {
            rss = line(from);
            double mean = 0;
            int count = points;
            double z = 0;
            double zz = 0;
            for (int i = 0; i < count; i++) {
                double value = Math.max(0, x[i] - from);
                z += w[i] * value;
                zz += w[i] * value * value;
            }
            room = zz - z * z / count;
            mean = z / count;
            for (int i = 0; i < count; i++) {
                residuals[i] = (v[i] - lineSlope * (Math.max(0, x[i] - from) - mean)) * Math.sqrt(w[i]);
            }
        }
        double memory = 0;
        double squares = 0;
        for (int i = 0; i < points; i++) {
            squares += residuals[i] * residuals[i];
            memory += i > 0 ? residuals[i] * residuals[i - 1] : 0;
        }
        double rho = squares > 0 ? Math.clamp(memory / squares + 1.0 / points, 0, 0.9) : 0;
        double error = Math.sqrt(Math.max(rss, floor) / Math.max(1, points - parameters) / Math.max(1e-12, room) * (1 + rho) / (1
                - rho));
        return growing / error;
    }

    /** What of the line's spread is left when the wave is taken out of it. */
    private double roomOfLineBesideWave() {
        double turn = 2 * Math.PI * span / DAY;
        for (int i = 0; i < points; i++) {
            spareV[i] = v[i];
            v[i] = x[i];
            design[0][i] = 1;
            design[1][i] = Math.sin(turn * x[i]);
            design[2][i] = Math.cos(turn * x[i]);
        }
        System.arraycopy(residuals, 0, spareR, 0, points);
        double room = leastSquares(3);
        System.arraycopy(spareV, 0, v, 0, points);
        System.arraycopy(spareR, 0, residuals, 0, points);
        return room;
    }

    /** The median of the slopes of all pairs of points from one of them on; leaves the slopes behind. */
    private double theilSen(int first) {
        pairs = 0;
        for (int i = first; i < points; i++) {
            for (int j = i + 1; j < points; j++) {
                double dx = x[j] - x[i];
                if (dx > 0) {
                    slopes[pairs++] = (v[j] - v[i]) / dx;
                }
            }
        }
        return pairs == 0 ? 0 : (nth(slopes, 0, pairs, (pairs - 1) / 2) + nth(slopes, 0, pairs, pairs / 2)) / 2;
    }

    /** An end of the 95% interval of the slopes left behind, by the variance of Kendall's statistic. */
    private double interval(boolean low, int n) {
        if (pairs == 0) {
            return Double.NaN;
        }
        double width = Z * Math.sqrt(n * (n - 1.0) * (2 * n + 5) / 18);
        int at = low ? (int) Math.floor((pairs - width) / 2) - 1 : (int) Math.ceil((pairs + width) / 2);
        return nth(slopes, 0, pairs, Math.clamp(at, 0, pairs - 1));
    }

    /** What would stand at a place if a part of an array were sorted (Hoare's selection); puts the part in another order. */
    private static double nth(double[] values, int from, int to, int place) {
        int low = from;
        int high = to - 1;
        while (low < high) {
            double pivot = values[(low + high) >>> 1];
            int i = low;
            int j = high;
            while (i <= j) {
                while (values[i] < pivot) {
                    i++;
                }
                while (values[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    double swap = values[i];
                    values[i++] = values[j];
                    values[j--] = swap;
                }
            }
            if (place <= j) {
                high = j;
            } else if (place >= i) {
                low = i;
            } else {
                return values[place];
            }
        }
        return values[place];
    }

    private Trend leak(int n, double from, double significance, double margin) {
        int first = 0;
        while (first < points - 3 && x[first] < from) {
            first++;
        }
        double slope = theilSen(first);
        int used = points - first;
        long began = t[0] + Math.round(from * span);
        double growth = slope * (1 - from);
        double low = interval(true, used) * HOUR / span;
        if (low <= 0 || from > 0 && used < FEWEST_GROWING) {
            // The pace may be none, or there is too little of the growth to tell it from a step.
            return plain(Shape.GROWS, n, significance, margin);
        }
        return new Trend(Shape.LEAK, n, slope * HOUR / span, low, interval(false, used) * HOUR / span, significance, margin, began,
                end(slope), growth);
    }

    private Trend plain(Shape shape, int n, double significance, double margin) {
        double slope = theilSen(0);
        return new Trend(shape, n, slope * HOUR / span, interval(true, points) * HOUR / span, interval(false, points)
                * HOUR / span,
                significance, margin, t[0], end(slope), slope);
    }

    private Trend calm(Shape shape, int n, double significance) {
        double slope = theilSen(0);
        return new Trend(shape, n, slope * HOUR / span, interval(true, points) * HOUR / span, interval(false, points)
                * HOUR / span,
                significance, Double.NaN, t[0], end(slope), slope);
    }

    /** The level at the end: the median of the last points, each carried to the end along the slope. */
    private double end(double slope) {
        int last = Math.min(5, points);
        for (int i = 0; i < last; i++) {
            int at = points - last + i;
            spareV[i] = v[at] + slope * (1 - x[at]);
        }
        Arrays.sort(spareV, 0, last);
        return offset + spareV[last / 2];
    }
}
