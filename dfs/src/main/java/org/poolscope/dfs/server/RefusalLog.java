package org.poolscope.dfs.server;

import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Passes on so many lines a second and counts the rest, so that nobody fills a disk by being refused. For several threads. */
final class RefusalLog implements Consumer<String> {

    private static final int LINES_A_SECOND = 20;
    private static final int LONGEST = 500;
    private static final long SECOND = 1_000_000_000L;

    private final Consumer<String> out;
    private final LongSupplier nanoTime;
    private long second;
    private int lines;
    private long left;

    RefusalLog(Consumer<String> out, LongSupplier nanoTime) {
        this.out = out;
        this.nanoTime = nanoTime;
        this.second = nanoTime.getAsLong();
    }

    @Override
    public synchronized void accept(String line) {
        long now = nanoTime.getAsLong();
        if (now - second >= SECOND) {
            second = now;
            lines = 0;
            if (left > 0) {
                out.accept("(" + left + " more refusals not listed)");
                left = 0;
            }
        }
        if (lines < LINES_A_SECOND) {
            lines++;
            out.accept(line.length() > LONGEST ? line.substring(0, LONGEST) + "..." : line);
        } else {
            left++;
        }
    }
}
