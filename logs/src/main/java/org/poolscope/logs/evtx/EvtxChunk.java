package org.poolscope.logs.evtx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import org.poolscope.logs.RecordState;

/**
 * One chunk: {@code ElfChnk\0}, numbers of its first and last record (offsets 8 and 16), the same as the log counts (24 and 32),
 * where the last record begins (44) and where unused space begins (48), checksums of the records (52) and of the header (124),
 * the beginnings of lists of names (128) and templates (384). Records from offset 512.
 */
final class EvtxChunk {

    static final long SIGNATURE = 0x006b6e68_43666c45L;
    static final int FIRST_NUMBER = 8;
    static final int LAST_NUMBER = 16;

    private static final int FREE_SPACE = 48;
    private static final int RECORDS_CHECKSUM = 52;
    private static final int HEADER_CHECKSUM = 124;
    private static final int CHECKED = 120;
    private static final int HEADER = 512;
    /** Records begin at multiples of this. */
    private static final int STEP = 8;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final long offset;
    private final byte[] array;
    private final ChunkBytes bytes;
    private final BinXmlParser parser;

    private EvtxChunk(long offset, byte[] array) {
        this.offset = offset;
        this.array = array;
        this.bytes = new ChunkBytes(array);
        this.parser = new BinXmlParser(bytes);
    }

    /** Copies a chunk out of the file; a file may end inside its last one. */
    static EvtxChunk read(MemorySegment file, long offset) {
        int length = (int) Math.min(EvtxLog.CHUNK, file.byteSize() - offset);
        return new EvtxChunk(offset, file.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
    }

    long offset() {
        return offset;
    }

    ChunkBytes bytes() {
        return bytes;
    }

    BinXmlParser parser() {
        return parser;
    }

    long longAt(int at) {
        return (long) LONG.get(array, at);
    }

    private int intAt(int at) {
        return (int) INT.get(array, at);
    }

    private boolean hasHeader() {
        return array.length >= HEADER && longAt(0) == SIGNATURE;
    }

    /** Gives all records to a visitor: those of the log, those found behind damage, those in unused space. */
    void visit(EvtxLog.Visitor visitor) {
        boolean hasHeader = hasHeader();
        int used = hasHeader ? intAt(FREE_SPACE) : 0;
        if (!hasHeader || used < HEADER || used > EvtxLog.CHUNK) {
            withoutBooks(visitor, hasHeader);
            return;
        }
        boolean cut = array.length < EvtxLog.CHUNK;
        boolean headerIsWhole = headerIsWhole();
        Walk walk = new Walk(visitor, headerIsWhole && !cut, cut);
        walk.records(Math.min(used, array.length));
        long counted = longAt(LAST_NUMBER) - longAt(FIRST_NUMBER) + 1;
        if (cut) {
            visitor.damaged(offset + array.length, "the file ends inside a chunk: of its " + counted + " records " + walk.found
                    + " are there");
        } else if (!headerIsWhole) {
            visitor.damaged(offset, "the header of this chunk is damaged; " + walk.found + " records are found in it");
        } else if (walk.found != counted && walk.found + counted > 0) {
            visitor.damaged(offset, "this chunk counts " + counted + " records, " + walk.found + " are whole");
        } else if (!recordsAreWhole(used)) {
            visitor.damaged(offset,
                    "the checksum of this chunk's records does not fit: something in them is not as it was written");
        }
        walk.unused(used);
    }

    private void withoutBooks(EvtxLog.Visitor visitor, boolean hasHeader) {
        Walk walk = new Walk(visitor, false, true);
        walk.records(array.length);
        if (walk.found > 0) {
            visitor.damaged(offset, (hasHeader ? "the header of this chunk is damaged" : "a chunk has lost its header") + "; "
                    + walk.found + " records are found in it");
        } else if (!isZero(0, array.length)) {
            visitor.damaged(offset, "no records can be found in " + array.length + " bytes that are not empty");
        }
    }

    private boolean headerIsWhole() {
        CRC32 checksum = new CRC32();
        checksum.update(array, 0, CHECKED);
        checksum.update(array, HEADER_CHECKSUM + 4, HEADER - HEADER_CHECKSUM - 4);
        return (int) checksum.getValue() == intAt(HEADER_CHECKSUM);
    }

    private boolean recordsAreWhole(int used) {
        CRC32 checksum = new CRC32();
        checksum.update(array, HEADER, used - HEADER);
        return (int) checksum.getValue() == intAt(RECORDS_CHECKSUM);
    }

    private boolean isZero(int from, int to) {
        for (int i = from; i < to; i++) {
            if (array[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** The size of the whole record that begins here; 0 when there is none. */
    private int sizeAt(int at) {
        if (at > array.length - EvtxRecord.HEADER - 4 || !bytes.isRecordMark(at)) {
            return 0;
        }
        int size = intAt(at + 4);
        boolean fits = size >= EvtxRecord.HEADER + 4 && size <= array.length - at;
        return fits && intAt(at + size - 4) == size ? size : 0;
    }

    /** Where the next whole record begins; {@code end} when there is none before it. */
    private int next(int from, int end) {
        int at = from;
        while (at < end && sizeAt(at) == 0) {
            at += STEP;
        }
        return Math.min(at, end);
    }

    /** Goes from record to record. */
    private final class Walk {
        private final EvtxLog.Visitor visitor;
        private final boolean quiet;
        private RecordState state;
        private int at = HEADER;
        private long found;
        private long lastNumber;

        private Walk(EvtxLog.Visitor visitor, boolean trusted, boolean quiet) {
            this.visitor = visitor;
            this.quiet = quiet;
            this.state = trusted ? RecordState.IN_LOG : RecordState.RECOVERED;
        }

        private void records(int end) {
            while (at < end) {
                int size = sizeAt(at);
                if (size > 0) {
                    give(size, state);
                    found++;
                } else if (isZero(at, end)) {
                    // Archived logs count the zeros behind the last record as used.
                    at = end;
                } else {
                    int next = next(at + STEP, end);
                    if (!quiet) {
                        visitor.damaged(offset + at, (next - at) + " bytes that hold no whole record");
                    }
                    state = RecordState.RECOVERED;
                    at = next;
                }
            }
        }

        /** A log copied while in use may hold newer records than its chunk's header knows; all others here are old. */
        private void unused(int used) {
            int goesOn = at;
            for (at = next(Math.max(at, used), array.length); at < array.length; at = next(at, array.length)) {
                boolean newer = at == goesOn && longAt(at + 8) == lastNumber + 1;
                give(sizeAt(at), newer ? RecordState.RECOVERED : RecordState.DELETED);
                goesOn = newer ? at : -1;
            }
        }

        private void give(int size, RecordState as) {
            lastNumber = longAt(at + 8);
            visitor.record(new EvtxRecord(EvtxChunk.this, at, size, as));
            at += size;
        }
    }
}
