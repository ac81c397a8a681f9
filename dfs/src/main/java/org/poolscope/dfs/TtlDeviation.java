package org.poolscope.dfs;

import org.poolscope.model.Provenance;

/**
 * A time to live far from what servers give unless told otherwise.
 *
 * @param kind the kind of referral
 * @param seconds the time to live seen, or the rest of it a cache still counts down, whichever lies farthest from the usual
 * @param remaining whether {@code seconds} is such a rest, so that the full time was at least as long
 * @param entries how many entries of this kind are that far off
 * @param seenAt where the farthest stands
 */
public record TtlDeviation(ReferralKind kind, long seconds, boolean remaining, int entries, Provenance seenAt) {

    private static final long FACTOR_ABOVE = 10;
    private static final long FACTOR_BELOW = 30;
    private static final long NEVER_FAR_BELOW_SECONDS = 4 * 3600;

    /** What is usual for this kind, in seconds. */
    public long usualSeconds() {
        return kind.usualTtlSeconds();
    }

    /** How many times the usual. */
    public double factor() {
        return (double) seconds / usualSeconds();
    }

    /**
     * Whether a time to live is far above the usual. Administrators do set other values, hours among them; so more than ten
     * times the usual, and never less than four hours.
     */
    public static boolean isFarAbove(ReferralKind kind, long seconds) {
        return seconds > Math.max(FACTOR_ABOVE * kind.usualTtlSeconds(), NEVER_FAR_BELOW_SECONDS);
    }

    /** Whether a full time to live (never the rest of one) is far below the usual: a minute for links, 10 seconds for roots. */
    public static boolean isFarBelow(ReferralKind kind, long seconds) {
        return seconds < kind.usualTtlSeconds() / FACTOR_BELOW;
    }
}
