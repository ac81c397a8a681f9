package org.poolscope.logs;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.Provenance;

/**
 * The two head lines of a PoolMon screen, in kilobytes:
 *
 * <pre>
 * Memory:16468560K Avail:12072536K  PageFlts:468600648   InRam Krnl:56708K P:950888K
 * Commit:4100436K Limit:17517136K Peak:11685564K            Pool N:710920K P:983564K
 * </pre>
 *
 * {@code Pool N} is nonpaged pool and the {@code P} behind it paged pool; the {@code P} of the first line is only the part of
 * paged pool that is in memory, and is not kept.
 */
final class PoolMonTotals {

    /** What a figure may be called in a sentence, with the bound that shows that it cannot be true. */
    private final List<String> impossible = new ArrayList<>();
    private Long memory;
    private Long available;
    private Long commit;
    private Long limit;
    private Long peak;
    private Long nonPaged;
    private Long paged;

    static boolean isMemoryLine(String line) {
        int start = Cells.firstNonBlank(line);
        return line.startsWith("Memory:", start) && line.indexOf("Avail:", start) > 0;
    }

    static boolean isCommitLine(String line) {
        int start = Cells.firstNonBlank(line);
        return line.startsWith("Commit:", start) && line.indexOf("Limit:", start) > 0;
    }

    boolean isEmpty() {
        return memory == null && commit == null && nonPaged == null && paged == null;
    }

    boolean hasMemory() {
        return memory != null;
    }

    boolean hasCommit() {
        return commit != null;
    }

    /** Takes the figures of the first line. */
    void addMemoryLine(String line) {
        memory = after(line, "Memory:", 0);
        available = after(line, "Avail:", 0);
    }

    /** Takes the figures of the second line. */
    void addCommitLine(String line) {
        commit = after(line, "Commit:", 0);
        limit = after(line, "Limit:", 0);
        peak = after(line, "Peak:", 0);
        int pool = line.indexOf("Pool N:");
        if (pool >= 0) {
            nonPaged = after(line, "Pool N:", pool);
            paged = after(line, "P:", pool + "Pool N:".length());
        }
    }

    /** Takes the numbers of a {@code Summary1} row: memory, available, and what is not kept. */
    void addMemoryRow(List<Long> kilobytes) {
        memory = bytes(kilobytes, 0);
        available = bytes(kilobytes, 1);
    }

    /** Takes the numbers of a {@code Summary2} row: commit, limit, peak, nonpaged, paged. */
    void addCommitRow(List<Long> kilobytes) {
        commit = bytes(kilobytes, 0);
        limit = bytes(kilobytes, 1);
        peak = bytes(kilobytes, 2);
        nonPaged = bytes(kilobytes, 3);
        paged = bytes(kilobytes, 4);
    }

    MemoryCounters counters(Provenance seenAt, LocalDateTime taken) {
        return new MemoryCounters(seenAt, "poolmon", taken, memory, within("Avail", available, memory, "Memory"), null,
                within("Pool N", nonPaged, memory, "Memory"), null, within("Pool P", paged, limit, "Limit"), null, List.of(),
                within("Commit", commit, limit, "Limit"), limit, peak, List.of(), impossible);
    }

    private Long within(String name, Long value, Long bound, String boundName) {
        if (value == null || bound == null || value <= bound) {
            return value;
        }
        impossible.add(name + ": " + value / 1024 + "K cannot be true, " + boundName + " is " + bound / 1024 + "K");
        return null;
    }

    private static Long bytes(List<Long> kilobytes, int index) {
        return index < kilobytes.size() ? kilobytes.get(index) : null;
    }

    /** The bytes of {@code 1234K} behind a label. */
    private static Long after(String line, String label, int from) {
        int at = line.indexOf(label, from);
        if (at < 0) {
            return null;
        }
        Cells cells = new Cells(line, at + label.length());
        cells.skipBlanks();
        long kilobytes = cells.number();
        return cells.take('K') ? bytes(kilobytes) : null;
    }

    /** Kilobytes as bytes; {@code null} for what cannot be an amount of memory. */
    static Long bytes(long kilobytes) {
        return kilobytes < 0 || kilobytes > Long.MAX_VALUE / 1024 ? null : Long.valueOf(kilobytes * 1024);
    }
}
