package org.poolscope.app.watch;

import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;

/** One line of the screen: a tag's use of one pool now, before, and when watching began. */
final class WatchRow {

    /** So many samples a sparkline shows. */
    static final int HISTORY = 16;

    private final PoolTag tag;
    private final PoolKind pool;
    private final long[] history = new long[HISTORY];
    private int samples;
    private PoolUse now = PoolUse.NONE;
    private PoolUse before;
    private long base = -1;
    private int seenIn;

    WatchRow(PoolTag tag, PoolKind pool) {
        this.tag = tag;
        this.pool = pool;
    }

    /**
     * Takes the figures of a sample.
     *
     * @param sample the number of the sample, from 1
     * @param first whether nothing was watched before: then there is nothing to compare with
     */
    void take(PoolUse use, int sample, boolean first) {
        before = first ? null : now;
        now = use;
        seenIn = sample;
        history[samples++ % HISTORY] = use.bytesOrZero();
        if (base < 0) {
            base = first ? use.bytesOrZero() : 0;
        }
    }

    /** Begins anew to count growth. */
    void rebase() {
        base = now.bytesOrZero();
    }

    PoolTag tag() {
        return tag;
    }

    PoolKind pool() {
        return pool;
    }

    int seenIn() {
        return seenIn;
    }

    long allocs() {
        return now.allocs() == null ? 0 : now.allocs();
    }

    long frees() {
        return now.frees() == null ? 0 : now.frees();
    }

    boolean counted() {
        return now.allocs() != null && now.frees() != null;
    }

    long difference() {
        return now.outstandingOrZero();
    }

    long bytes() {
        return now.bytesOrZero();
    }

    long perAlloc() {
        return difference() == 0 ? 0 : bytes() / difference();
    }

    long moreAllocs() {
        return before == null || before.allocs() == null ? 0 : allocs() - before.allocs();
    }

    long moreFrees() {
        return before == null || before.frees() == null ? 0 : frees() - before.frees();
    }

    long moreBytes() {
        return before == null ? 0 : bytes() - before.bytesOrZero();
    }

    long grown() {
        return bytes() - base;
    }

    boolean changed() {
        return moreAllocs() != 0 || moreFrees() != 0 || moreBytes() != 0;
    }

    /** The last samples' bytes as small bars between the least and the most of them. */
    String sparkline(String bars) {
        int count = Math.min(samples, HISTORY);
        long least = Long.MAX_VALUE;
        long most = Long.MIN_VALUE;
        for (int i = 0; i < count; i++) {
            least = Math.min(least, history[i]);
            most = Math.max(most, history[i]);
        }
        StringBuilder line = new StringBuilder(HISTORY);
        for (int i = samples - count; i < samples; i++) {
            double share = most == least ? 0 : (double) (history[i % HISTORY] - least) / (most - least);
            line.append(bars.charAt((int) Math.round(share * (bars.length() - 1))));
        }
        return line.toString();
    }
}
