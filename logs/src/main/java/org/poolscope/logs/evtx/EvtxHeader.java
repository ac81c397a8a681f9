package org.poolscope.logs.evtx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The header of a log: {@code ElfFile\0}, numbers of the first and the last chunk (offsets 8 and 16), of the next record (24),
 * version (36, 38), length (40), number of chunks (42), flags (120), checksum (124).
 *
 * @param isWhole whether it is there and its checksum fits; when not, its numbers mean nothing
 * @param nextRecord the number the next record gets
 * @param major the version of the format, 3 so far
 * @param minor the same, behind the dot: 1, or 2 since Windows 10 version 2004
 * @param length how long it is in bytes: where the chunks begin
 * @param chunks how many chunks it counts
 * @param dirty whether the log was in use, or was not closed in order: its header may be behind then
 * @param full whether the log could take no more
 */
public record EvtxHeader(boolean isWhole, long nextRecord, int major, int minor, int length, int chunks, boolean dirty,
        boolean full) {

    private static final int CHECKED = 120;
    private static final int FIELDS = 128;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    static EvtxHeader of(MemorySegment file) {
        if (file.byteSize() < FIELDS || !EvtxLog.hasSignature(file)) {
            return new EvtxHeader(false, 0, 0, 0, 0, 0, false, false);
        }
        int length = file.get(SHORT, 40) & 0xffff;
        int flags = file.get(INT, CHECKED);
        boolean whole = file.get(INT, 124) == EvtxLog.checksum(file, CHECKED) && length >= FIELDS;
        return new EvtxHeader(whole, file.get(LONG, 24), file.get(SHORT, 38) & 0xffff, file.get(SHORT, 36) & 0xffff, length,
                file.get(SHORT, 42) & 0xffff, (flags & 1) != 0, (flags & 2) != 0);
    }
}
