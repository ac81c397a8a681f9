package org.poolscope.logs.evtx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;

/**
 * An event log of Windows Vista or later. Every record that is whole is given, also from logs that were copied while in use, cut
 * off, or damaged: the file's size says how many chunks there may be, not its header, which lags behind.
 *
 * <p>The file is mapped; a chunk of 64 KB at a time is in memory. Not for several threads.
 */
public final class EvtxLog implements AutoCloseable {

    /** The size of a chunk in bytes. */
    static final int CHUNK = 0x10000;

    private static final long SIGNATURE = 0x00656c69_46666c45L;
    private static final byte[] FILE_MARK = "ElfFile\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] CHUNK_MARK = "ElfChnk\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int USUAL_HEADER = 0x1000;

    /** Up to this many chunks (64 GB) they are put in the order of their records. */
    private static final long MOST_IN_ORDER = 1 << 20;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Arena arena;
    private final MemorySegment file;
    private final EvtxHeader header;
    private final long start;

    private EvtxLog(Arena arena, MemorySegment file) {
        this.arena = arena;
        this.file = file;
        this.header = EvtxHeader.of(file);
        this.start = hasChunk(file, 0) ? 0 : header.isWhole() ? header.length() : USUAL_HEADER;
    }

    /** Whether a file is such a log: by the signature of its header, or of its first chunk when the header is lost. */
    public static boolean recognises(EvidenceFile file) {
        return file.hasAt(0, FILE_MARK) || file.hasAt(0, CHUNK_MARK) || file.hasAt(USUAL_HEADER, CHUNK_MARK);
    }

    /**
     * Opens a log.
     *
     * @throws EvidenceException when the file cannot be read
     */
    public static EvtxLog open(Path path) throws EvidenceException {
        Arena arena = Arena.ofConfined();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return new EvtxLog(arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (IOException e) {
            arena.close();
            throw new EvidenceException(path, "", "cannot be read: " + e.getMessage(),
                    "Check the disk and copy the file again", e);
        }
    }

    @Override
    public void close() {
        arena.close();
    }

    /** What the file's header says. It may be behind what the file holds. */
    public EvtxHeader header() {
        return header;
    }

    /** How many chunks fit the file, an incomplete last one with them. Windows allocates them ahead: some may be empty. */
    public long chunks() {
        return Math.max(0, (file.byteSize() - start + CHUNK - 1) / CHUNK);
    }

    /** Hears of every record. */
    public interface Visitor {

        /** A record. The oldest of the log come first; those of unused space come with the chunk they stand in. */
        void record(EvtxRecord record);

        /**
         * Something is damaged.
         *
         * @param offset where in the file, in bytes
         * @param problem what is wrong and what that means, as a clause
         */
        void damaged(long offset, String problem);
    }

    /** Gives all records to a visitor. */
    public void visit(Visitor visitor) {
        if (start > 0 && !header.isWhole()) {
            visitor.damaged(0, "the header of the file is damaged; its chunks are read all the same");
        }
        long chunks = chunks();
        if (chunks <= MOST_IN_ORDER) {
            for (int chunk : inOrder((int) chunks)) {
                EvtxChunk.read(file, start + (long) chunk * CHUNK).visit(visitor);
            }
        } else {
            for (long chunk = 0; chunk < chunks; chunk++) {
                EvtxChunk.read(file, start + chunk * CHUNK).visit(visitor);
            }
        }
        if (header.isWhole() && header.chunks() > chunks) {
            visitor.damaged(file.byteSize(), "the log's header counts " + header.chunks() + " chunks, the file holds " + chunks
                    + ": it was cut off, and the newest records are missing");
        }
    }

    private static boolean hasChunk(MemorySegment file, long at) {
        return at <= file.byteSize() - CHUNK && file.get(LONG, at) == EvtxChunk.SIGNATURE;
    }

    /**
     * A full log goes on at its start: the chunks in the order of their first records; damaged ones stay behind their neighbour.
     */
    private int[] inOrder(int chunks) {
        long[] first = new long[chunks];
        boolean ordered = true;
        for (int chunk = 0; chunk < chunks; chunk++) {
            long before = chunk == 0 ? 0 : first[chunk - 1];
            long at = start + (long) chunk * CHUNK;
            first[chunk] = hasChunk(file, at) ? file.get(LONG, at + EvtxChunk.FIRST_NUMBER) : before;
            ordered &= first[chunk] >= before;
        }
        int[] order = new int[chunks];
        Arrays.setAll(order, chunk -> chunk);
        if (ordered) {
            return order;
        }
        return Arrays.stream(order).boxed().sorted((one, other) -> Long.compare(first[one], first[other]))
                .mapToInt(Integer::intValue).toArray();
    }

    /** Whether the file begins with the header's signature. */
    static boolean hasSignature(MemorySegment file) {
        return file.byteSize() >= 8 && file.get(LONG, 0) == SIGNATURE;
    }

    static int checksum(MemorySegment file, int length) {
        CRC32 checksum = new CRC32();
        checksum.update(file.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
        return (int) checksum.getValue();
    }
}
