package org.poolscope.logs.evt;

import java.util.Optional;

/**
 * The mark behind the newest record ({@code ELF_EOF_RECORD}): size (40), 0x11111111, 0x22222222, 0x33333333, 0x44444444, where
 * the oldest record begins (offset 20), where this mark stands (24), number of the next record (28) and of the oldest (32), size
 * again. It is right also while the log is in use.
 *
 * @param at where it stands, in bytes from the file's start
 * @param first where the oldest record begins
 * @param records how many records there are from there to here
 */
record EvtEnd(long at, long first, long records) {

    static final int SIZE = 40;
    private static final int STEP = 4;

    /** The mark where the header says, or where it stands really; empty when there is none that fits the file. */
    static Optional<EvtEnd> find(EvtRing ring, EvtHeader header) {
        if (header.isWhole() && !header.dirty() && isMark(ring, header.end())) {
            return at(ring, header.end());
        }
        Optional<EvtEnd> best = Optional.empty();
        long newest = -1;
        for (long place = EvtHeader.SIZE; ring.contains(place); place += STEP) {
            // Older marks may be left over in unused space.
            Optional<EvtEnd> mark = isMark(ring, place) && ring.u32(place, 28) > newest ? at(ring, place) : Optional.empty();
            if (mark.isPresent()) {
                newest = ring.u32(place, 28);
                best = mark;
            }
        }
        return best;
    }

    private static boolean isMark(EvtRing ring, long place) {
        return ring.contains(place) && ring.plain(place) == SIZE && ring.u32(place, 4) == 0x11111111L
                && ring.u32(place, 8) == 0x22222222L && ring.u32(place, 12) == 0x33333333L && ring.u32(place, 16) == 0x44444444L
                && ring.u32(place, 36) == SIZE;
    }

    /** A mark whose own place is not where it says, or whose oldest record is none, belongs to a log that is gone. */
    private static Optional<EvtEnd> at(EvtRing ring, long place) {
        long first = ring.u32(place, 20);
        if (ring.u32(place, 24) != place || !ring.contains(first)) {
            return Optional.empty();
        }
        long used = ring.distance(first, place);
        long oldest = ring.u32(place, 32);
        boolean empty = used == 0 && oldest == 0;
        if (!empty && ring.recordAt(first, used) == 0) {
            return Optional.empty();
        }
        return Optional.of(new EvtEnd(place, first, empty ? 0 : Math.max(0, ring.u32(place, 28) - oldest)));
    }
}
