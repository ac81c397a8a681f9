package org.poolscope.app;

import java.io.PrintStream;
import org.poolscope.model.Progress;
import org.poolscope.report.Plain;

/**
 * Draws how far a piece of work has come, on standard error, once it has taken more than a second. Only on a terminal: a log file
 * needs no bar.
 */
final class ProgressBar implements Progress, AutoCloseable {

    private static final long QUIET_NANOS = 1_000_000_000L;
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final int CELLS = 30;

    private final PrintStream out;
    private final boolean enabled;
    private final long started = System.nanoTime();
    private long drawn;
    private boolean visible;

    ProgressBar() {
        this(System.err, Terminal.isStderr());
    }

    ProgressBar(PrintStream out, boolean enabled) {
        this.out = out;
        this.enabled = enabled;
    }

    @Override
    public void at(String what, long done, long total) {
        if (!enabled) {
            return;
        }
        long now = System.nanoTime();
        if (now - started < QUIET_NANOS || visible && now - drawn < REDRAW_NANOS) {
            return;
        }
        draw(what, done, total, now);
    }

    private synchronized void draw(String what, long done, long total, long now) {
        drawn = now;
        visible = true;
        StringBuilder line = new StringBuilder("\r\033[K");
        if (total > 0) {
            double share = Math.clamp((double) done / total, 0, 1);
            int full = (int) (share * CELLS);
            line.append('[').append("#".repeat(full)).append("-".repeat(CELLS - full)).append("] ")
                    .append(String.format("%3d%% ", (int) (share * 100)));
        }
        String text = Plain.text(what);
        line.append(text.length() > 60 ? text.substring(0, 57) + "..." : text);
        out.print(line);
        out.flush();
    }

    /** Wipes the bar, so that results can be printed; it comes back when work goes on. */
    synchronized void wipe() {
        if (visible) {
            visible = false;
            out.print("\r\033[K");
            out.flush();
        }
    }

    @Override
    public void close() {
        wipe();
    }
}
