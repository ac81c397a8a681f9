package org.poolscope.lab;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;

/**
 * Writes snapshots as {@code poolmon -n} of a 64-bit system does, or screens with the changes since the one before in parentheses, one
 * after another, without making an object for each of a fleet's rows.
 */
final class PoolmonSnapshots implements Closeable {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final int BUFFER = 1 << 16;
    private static final int LONGEST_ROW = 240;
    private static final int FIGURES = 3;

    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER];
    private final boolean screens;
    private final long memoryKilobytes;
    /** Allocations, frees and bytes of each row of the screen before. */
    private long[] before = new long[0];
    private int row;
    private int used;

    /** @param memoryKilobytes the machine's physical memory */
    PoolmonSnapshots(Path file, boolean screens, long memoryKilobytes) throws IOException {
        this.out = Files.newOutputStream(file);
        this.memoryKilobytes = memoryKilobytes;
        this.screens = screens;
    }

    /** The time in a line of its own, as scripts add it, and the head. Sizes in kilobytes. */
    void head(LocalDateTime time, long nonPagedKilobytes, long pagedKilobytes) throws IOException {
        long pools = nonPagedKilobytes + pagedKilobytes;
        String text = TIME.format(time) + "\r\n"
                + String.format(Locale.ROOT, " Memory:%8dK Avail:%8dK  PageFlts:%10d   InRam Krnl:%5dK P:%6dK\r\n", memoryKilobytes,
                        Math.max(memoryKilobytes / 50, memoryKilobytes * 7 / 10 - pools), 468_600, 2_484, pagedKilobytes * 9 / 10)
                + String.format(Locale.ROOT, " Commit:%7dK Limit:%7dK Peak:%7dK            Pool N:%6dK P:%6dK\r\n", memoryKilobytes / 4 + pools,
                        memoryKilobytes * 5 / 2, memoryKilobytes / 2 + pools, nonPagedKilobytes, pagedKilobytes)
                + (screens ? " System pool information\r\n" : "") + "\r\n Tag  Type     Allocs            Frees               Diff            Bytes      Per Alloc\r\n\r\n";
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        flushFor(bytes.length);
        System.arraycopy(bytes, 0, buffer, used, bytes.length);
        used += bytes.length;
        row = 0;
    }

    /** A row; the tag has four ASCII characters. Every screen has the same tags in the same order. */
    void row(byte[] tag, boolean paged, long allocs, long frees, long bytes) throws IOException {
        flushFor(LONGEST_ROW);
        buffer[used++] = ' ';
        for (byte character : tag) {
            buffer[used++] = character;
        }
        text(paged ? " Paged" : " Nonp ");
        long diff = allocs - frees;
        number(allocs, 18);
        change(0, allocs);
        number(frees, 18);
        change(1, frees);
        number(diff, 12);
        number(bytes, 14);
        change(2, bytes);
        number(diff == 0 ? 0 : bytes / diff, 10);
        text("\r\n");
        row++;
    }

    /** What a figure changed by since the screen before, in parentheses; nothing in a snapshot. */
    private void change(int figure, long value) {
        if (!screens) {
            return;
        }
        int at = row * FIGURES + figure;
        if (at >= before.length) {
            before = Arrays.copyOf(before, Math.max(FIGURES * 64, at * 2));
            before[at] = value;
        }
        long change = before[at] == 0 ? 0 : value - before[at];
        before[at] = value;
        text(" (");
        text(Long.toString(change));
        text(")");
    }

    /** A blank line between two snapshots. */
    void end() throws IOException {
        flushFor(2);
        text("\r\n");
    }

    private void text(String text) {
        for (int i = 0; i < text.length(); i++) {
            buffer[used++] = (byte) text.charAt(i);
        }
    }

    private void number(long value, int width) {
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        int length = Math.max(width, digits + 1);
        int at = used + length;
        used = at;
        long rest = value;
        for (int i = 0; i < digits; i++) {
            buffer[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        for (int i = digits; i < length; i++) {
            buffer[--at] = ' ';
        }
    }

    private void flushFor(int bytes) throws IOException {
        if (used + bytes > buffer.length) {
            out.write(buffer, 0, used);
            used = 0;
        }
    }

    @Override
    public void close() throws IOException {
        try (out) {
            out.write(buffer, 0, used);
        }
    }
}
