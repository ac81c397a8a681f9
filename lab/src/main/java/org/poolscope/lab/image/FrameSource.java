package org.poolscope.lab.image;

import java.util.List;
import org.poolscope.lab.Dice;

/**
 * Hands out page frames in ascending order, with gaps between them: in a real machine the kernel's pages lie scattered
 * among those of programs and the file cache.
 */
final class FrameSource {

    private static final int LONGEST_STRETCH = 64;

    private final List<MemoryRun> runs;
    private final Dice dice;
    private final int averageGap;
    private int run;
    private long next;
    private int stretch;

    /**
     * @param runs the machine's memory, ascending
     * @param expected how many frames will be asked for; decides how wide the gaps may be
     */
    FrameSource(List<MemoryRun> runs, long expected, Dice dice) {
        this.runs = runs;
        this.dice = dice;
        long all = 0;
        for (MemoryRun r : runs) {
            all += r.frames();
        }
        double spare = all * 0.9 / Math.max(1, expected) - 1;
        this.averageGap = (int) Math.max(0, Math.min(spare * LONGEST_STRETCH / 2, 4096));
        this.next = runs.getFirst().firstFrame();
        this.stretch = LONGEST_STRETCH;
    }

    /** The next frame, or -1 when the machine has no more. */
    long take() {
        if (stretch == 0) {
            stretch = dice.between(1, LONGEST_STRETCH - 1);
            if (averageGap > 0) {
                skip(dice.between(0, 2 * averageGap));
            }
        }
        if (!settle()) {
            return -1;
        }
        stretch--;
        return next++;
    }

    /** The first of {@code count} frames in a row that begin at a multiple of {@code alignment}, or -1. */
    long takeRow(int count, int alignment) {
        while (settle()) {
            long first = (next + alignment - 1) / alignment * alignment;
            if (first + count <= runs.get(run).end()) {
                next = first + count;
                return first;
            }
            run++;
            next = run < runs.size() ? runs.get(run).firstFrame() : 0;
        }
        return -1;
    }

    private void skip(long frames) {
        long left = frames;
        while (left > 0 && settle()) {
            long here = Math.min(left, runs.get(run).end() - next);
            next += here;
            left -= here;
        }
    }

    private boolean settle() {
        while (run < runs.size() && next >= runs.get(run).end()) {
            run++;
            if (run < runs.size()) {
                next = runs.get(run).firstFrame();
            }
        }
        return run < runs.size();
    }
}
