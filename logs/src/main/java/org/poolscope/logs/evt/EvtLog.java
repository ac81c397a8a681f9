package org.poolscope.logs.evt;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.poolscope.logs.RecordState;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;

/**
 * An event log of Windows NT 4.0 to Server 2003. Every record that is whole is given, also from logs that were copied while in
 * use, cut off, or damaged.
 *
 * <p>The file is mapped; a record at a time is in memory. Not for several threads.
 */
public final class EvtLog implements AutoCloseable {

    private static final int STEP = 4;

    private final Arena arena;
    private final EvtRing ring;
    private final EvtHeader header;

    private EvtLog(Arena arena, EvtRing ring) {
        this.arena = arena;
        this.ring = ring;
        this.header = EvtHeader.of(ring);
    }

    /** Whether a file is such a log. */
    public static boolean recognises(EvidenceFile file) {
        return file.hasAt(0, (byte) EvtHeader.SIZE, (byte) 0, (byte) 0, (byte) 0, (byte) 'L', (byte) 'f', (byte) 'L', (byte) 'e');
    }

    /**
     * Opens a log.
     *
     * @throws EvidenceException when the file cannot be read
     */
    public static EvtLog open(Path path) throws EvidenceException {
        Arena arena = Arena.ofConfined();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return new EvtLog(arena, new EvtRing(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena)));
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

    /** What the file's header says. It is behind what the file holds when it is {@linkplain EvtHeader#dirty dirty}. */
    public EvtHeader header() {
        return header;
    }

    /** Hears of every record. */
    public interface Visitor {

        /** A record. Those of the log come first, the oldest before the others. */
        void record(EvtRecord record);

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
        if (ring.length() == 0) {
            visitor.damaged(0, "the file is too short to hold a record");
            return;
        }
        Optional<EvtEnd> mark = EvtEnd.find(ring, header);
        if (mark.isEmpty()) {
            visitor.damaged(0, "where this log ends and begins cannot be told: its records are taken as they stand, "
                    + "and older, deleted ones may be among them");
            new Walk(visitor, RecordState.RECOVERED, EvtHeader.SIZE, ring.length()).scan();
            return;
        }
        EvtEnd end = mark.get();
        long used = ring.distance(end.first(), end.at());
        Walk log = new Walk(visitor, RecordState.IN_LOG, end.first(), used);
        log.records();
        if (log.found != end.records()) {
            visitor.damaged(end.at(), "the log counts " + end.records() + " records, " + log.found + " are whole");
        }
        long unused = ring.length() - used - EvtEnd.SIZE;
        if (unused > 0) {
            new Walk(visitor, RecordState.DELETED, ring.after(end.at(), EvtEnd.SIZE), unused).scan();
        }
    }

    /** Goes through a part of the ring. */
    private final class Walk {
        private final Visitor visitor;
        private RecordState state;
        private long at;
        private long left;
        private long found;

        private Walk(Visitor visitor, RecordState state, long from, long length) {
            this.visitor = visitor;
            this.state = state;
            this.at = from;
            this.left = length;
        }

        /** From record to record; behind damage, by their marks. */
        private void records() {
            while (left > 0) {
                long toEnd = ring.toEnd(at);
                if (give()) {
                    continue;
                }
                if (toEnd < EvtRing.FIELDS) {
                    // Records are split by the file's end, but never their fields: what is left there is filled up.
                    pass(Math.min(toEnd, left));
                    continue;
                }
                long damagedAt = at;
                long before = left;
                while (left > 0 && ring.recordAt(at, left) == 0) {
                    pass(STEP);
                }
                visitor.damaged(damagedAt, (before - left) + " bytes that hold no whole record");
                state = RecordState.RECOVERED;
            }
        }

        /** Whatever record is there. */
        private void scan() {
            while (left > 0) {
                if (!give()) {
                    pass(STEP);
                }
            }
        }

        private boolean give() {
            int size = ring.recordAt(at, left);
            if (size == 0) {
                return false;
            }
            visitor.record(new EvtRecord(at, ring.copy(at, size), state));
            found++;
            pass(size);
            return true;
        }

        private void pass(long bytes) {
            at = ring.after(at, bytes);
            left -= bytes;
        }
    }
}
