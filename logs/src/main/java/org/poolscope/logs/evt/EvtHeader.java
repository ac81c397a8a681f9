package org.poolscope.logs.evt;

/**
 * The header of a log ({@code ELF_LOGFILE_HEADER}): size (48), {@code LfLe}, version, where the oldest record begins (offset 16),
 * where the newest ends (20), number of the next record (24) and of the oldest (28), greatest size (32), flags (36), retention,
 * size again.
 *
 * @param isWhole whether it is there, with its size at both ends; when not, its numbers mean nothing
 * @param first where the oldest record begins, in bytes from the file's start
 * @param end where the newest record ends
 * @param nextNumber the number the next record gets
 * @param firstNumber the number of the oldest record; 0 when there is none
 * @param dirty whether the log was in use, or was not closed in order: offsets and numbers are behind then
 * @param wrapped whether the log went on at its start
 */
public record EvtHeader(boolean isWhole, long first, long end, long nextNumber, long firstNumber, boolean dirty,
        boolean wrapped) {

    static final int SIZE = 48;
    private static final int DIRTY = 1;
    private static final int WRAPPED = 2;

    static EvtHeader of(EvtRing ring) {
        boolean whole = ring.plain(0) == SIZE && ring.plain(4) == EvtRing.SIGNATURE && ring.plain(44) == SIZE;
        long flags = ring.plain(36);
        return new EvtHeader(whole, ring.plain(16), ring.plain(20), ring.plain(24), ring.plain(28), (flags & DIRTY) != 0,
                (flags & WRAPPED) != 0);
    }
}
