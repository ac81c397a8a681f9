package org.poolscope.logs.evt;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The bytes of a log. Behind its last byte the first one after the header comes again. */
final class EvtRing {

    /** {@code LfLe}. */
    static final long SIGNATURE = 0x654c664cL;

    /** The fields of a record, before its strings. */
    static final int FIELDS = 56;

    /** No program can log as much at once: strings take 64 KB at most, data 61,440 bytes. */
    private static final int MOST_RECORD = 1 << 20;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment file;
    private final long size;

    EvtRing(MemorySegment file) {
        this.file = file;
        // Everything in a log is aligned to 4 bytes; a copy that was cut may end anywhere.
        this.size = file.byteSize() & ~3L;
    }

    /** How many bytes go around. */
    long length() {
        return Math.max(0, size - EvtHeader.SIZE);
    }

    /** Whether records may begin at a place. */
    boolean contains(long at) {
        return at >= EvtHeader.SIZE && at < size && (at & 3) == 0;
    }

    /** The place some bytes further on. */
    long after(long at, long bytes) {
        long next = at + bytes;
        return next < size ? next : next - length();
    }

    /** How far it is from one place to another, onward. */
    long distance(long from, long to) {
        return to >= from ? to - from : to - from + length();
    }

    /** How many bytes are left to the end of the file. */
    long toEnd(long at) {
        return size - at;
    }

    /** The 32-bit number at an offset of the file; 0 behind its end. */
    long plain(long at) {
        return at <= file.byteSize() - 4 ? file.get(INT, at) & 0xffff_ffffL : 0;
    }

    /** The 32-bit number some bytes behind a place. */
    long u32(long at, long bytes) {
        return plain(after(at, bytes));
    }

    /** The size of the whole record that begins here and takes no more than some bytes; 0 when there is none. */
    int recordAt(long at, long most) {
        if (most < FIELDS + 4 || u32(at, 4) != SIGNATURE) {
            return 0;
        }
        long length = plain(at);
        boolean fits = length >= FIELDS + 4 && length <= Math.min(most, MOST_RECORD) && (length & 3) == 0;
        return fits && u32(at, length - 4) == length ? (int) length : 0;
    }

    /** A copy of some bytes. */
    byte[] copy(long at, int length) {
        byte[] bytes = new byte[length];
        int straight = (int) Math.min(length, toEnd(at));
        MemorySegment.copy(file, ValueLayout.JAVA_BYTE, at, bytes, 0, straight);
        MemorySegment.copy(file, ValueLayout.JAVA_BYTE, EvtHeader.SIZE, bytes, straight, length - straight);
        return bytes;
    }
}
