package org.poolscope.logs.evt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes small logs for tests as the event log service does: around a ring, the oldest records overwritten. That they are as
 * Windows would write them is judged by {@code evtexport}, not by our own reader.
 */
final class EvtFile {

    static final int HEADER = 48;
    private static final int MARK = 40;
    private static final int SIGNATURE = 0x654c664c;

    private final int size;
    private final ByteBuffer ring;
    /** Where the records of the log begin, the oldest first. */
    private final Deque<int[]> records = new ArrayDeque<>();
    private int end = HEADER;
    private int next = 1;
    private boolean wrapped;
    private boolean filled;
    private byte[] headerBefore;

    /** A log that may grow to this many bytes, a multiple of 4. */
    EvtFile(int size) {
        this.size = size;
        this.ring = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        mark();
    }

    /** Adds a record. */
    EvtFile event(long seconds, String source, int identifier, byte[] data, String... strings) {
        byte[] record = record(next, seconds, source, identifier, data, strings);
        whole(56);
        free(end, record.length + MARK);
        records.addLast(new int[] {end, record.length, next++});
        write(record);
        whole(MARK);
        mark();
        return this;
    }

    /** What must not be split goes to the start of the ring when it does not fit the end; the rest is filled up. */
    private void whole(int length) {
        if (size - end < length) {
            free(end, size - end + length);
            for (int at = end; at < size; at += 4) {
                ring.putInt(at, 0x27);
            }
            end = HEADER;
            wrapped = true;
            filled = true;
        }
    }

    /** Whether something was filled up; some readers stop there. */
    boolean isFilled() {
        return filled;
    }

    /** Whether the log went on at its start. */
    boolean isWrapped() {
        return wrapped;
    }

    /** From here on the header is not written any more, as in a log that is in use. */
    EvtFile inUse() {
        headerBefore = header(true);
        return this;
    }

    byte[] bytes() {
        byte[] all = ring.array().clone();
        byte[] header = headerBefore == null ? header(false) : headerBefore;
        System.arraycopy(header, 0, all, 0, HEADER);
        return all;
    }

    Path write(Path path) throws IOException {
        return Files.write(path, bytes());
    }

    static byte[] record(int number, long seconds, String source, int identifier, byte[] data, String... strings) {
        ByteBuffer record = ByteBuffer.allocate(0x10000).order(ByteOrder.LITTLE_ENDIAN).position(56);
        text(record, source);
        text(record, "SERVER18");
        while (record.position() % 4 != 0) {
            record.put((byte) 0);
        }
        int account = record.position();
        record.put(new byte[] {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0});
        int texts = record.position();
        for (String string : strings) {
            text(record, string);
        }
        int dataAt = record.position();
        record.put(data);
        while (record.position() % 4 != 0) {
            record.put((byte) 0);
        }
        int length = record.position() + 4;
        record.putInt(length).flip();
        record.putInt(0, length).putInt(4, SIGNATURE).putInt(8, number).putInt(12, (int) seconds).putInt(16, (int) seconds)
                .putInt(20, identifier).putShort(24, (short) 1).putShort(26, (short) strings.length).putInt(36, texts)
                .putInt(40, 12).putInt(44, account).putInt(48, data.length).putInt(52, dataAt);
        byte[] bytes = new byte[length];
        record.get(bytes);
        return bytes;
    }

    private static void text(ByteBuffer record, String text) {
        record.put(text.getBytes(StandardCharsets.UTF_16LE)).putShort((short) 0);
    }

    private void write(byte[] bytes) {
        for (byte b : bytes) {
            ring.put(end++, b);
            if (end == size) {
                end = HEADER;
                wrapped = true;
            }
        }
    }

    private void mark() {
        int at = end;
        int first = records.isEmpty() ? at : records.getFirst()[0];
        int oldest = records.isEmpty() ? 0 : records.getFirst()[2];
        ByteBuffer mark = ByteBuffer.allocate(MARK).order(ByteOrder.LITTLE_ENDIAN);
        mark.putInt(MARK).putInt(0x11111111).putInt(0x22222222).putInt(0x33333333).putInt(0x44444444).putInt(first).putInt(at)
                .putInt(next).putInt(oldest).putInt(MARK);
        ring.put(at, mark.array());
    }

    /** Gives up the oldest records that lie in the way. */
    private void free(int from, int length) {
        while (!records.isEmpty() && overlaps(records.getFirst(), from, length)) {
            records.removeFirst();
        }
    }

    private boolean overlaps(int[] record, int from, int length) {
        int gap = Math.floorMod(record[0] - from, size - HEADER);
        return gap < length || Math.floorMod(from - record[0], size - HEADER) < record[1];
    }

    private byte[] header(boolean dirty) {
        int first = records.isEmpty() ? end : records.getFirst()[0];
        int oldest = records.isEmpty() ? 0 : records.getFirst()[2];
        ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(HEADER).putInt(SIGNATURE).putInt(1).putInt(1).putInt(first).putInt(end).putInt(next).putInt(oldest)
                .putInt(size).putInt((dirty ? 1 : 0) | (wrapped ? 2 : 0)).putInt(0).putInt(HEADER);
        return header.array();
    }
}
