package org.poolscope.dfs.capture;

import java.util.Arrays;

/**
 * One direction of a connection: puts its segments in order and hands their bytes on.
 *
 * <p>Bytes already seen are dropped. A segment that comes early is kept until what stands before it arrives, or until that is
 * known to be lost: when the other side acknowledges later bytes several times over, when too much is waiting, or when the
 * capture ends. Lost bytes are announced by their number, so that a message known to be longer is still followed to its end.
 */
final class TcpDirection {

    /** Segments kept at most. */
    private static final int MOST_WAITING = 256;
    private static final int MOST_WAITING_BYTES = 1 << 20;
    /** A sequence number farther off than this belongs to another connection. */
    private static final int FARTHEST = 1 << 26;
    /** Acknowledgements of bytes never seen, before they are given up: packets may have been captured out of order. */
    private static final int PATIENCE = 32;

    private final SmbFramer framer;
    private final MemoryBudget budget;
    private final Tally tally;
    private boolean started;
    private boolean data;
    private int next;
    private boolean ended;
    private int endSequence;
    private Waiting[] waiting = new Waiting[0];
    private int waitingCount;
    private int waitingBytes;
    private int lostVotes;

    /** A segment that came early: its captured bytes, and its length on the wire. */
    private record Waiting(int sequence, byte[] bytes, int length) {
    }

    TcpDirection(ReferralMatcher matcher, MemoryBudget budget, Tally tally) {
        this.framer = new SmbFramer(matcher, budget, tally);
        this.budget = budget;
        this.tally = tally;
    }

    boolean hasData() {
        return data;
    }

    boolean isOver() {
        return ended && next - endSequence >= 0;
    }

    void segment(Segment segment) {
        int sequence = segment.sequence;
        if (segment.has(Segment.SYN)) {
            sequence++;
            if (!started || !data) {
                started = true;
                next = sequence;
                framer.begin();
            }
        }
        if (segment.has(Segment.FIN)) {
            ended = true;
            endSequence = sequence + segment.length;
        }
        if (segment.length == 0) {
            return;
        }
        if (!started) {
            started = true;
            next = sequence;
            framer.beginInTheMiddle();
        }
        data = true;
        take(sequence, segment);
    }

    private void take(int sequence, Segment segment) {
        int ahead = sequence - next;
        if (ahead > FARTHEST || ahead < -FARTHEST) {
            dropWaiting();
            next = sequence;
            framer.beginInTheMiddle();
            ahead = 0;
        }
        if (ahead > 0) {
            keep(sequence, segment);
            return;
        }
        if (-ahead >= segment.length) {
            return;
        }
        deliver(segment.bytes, segment.from - ahead, segment.to, segment.length + ahead);
        if (waitingCount > 0) {
            deliverWaiting();
        }
    }

    /** The other side has received everything before this number. */
    void acknowledged(int sequence) {
        if (waitingCount == 0) {
            return;
        }
        int first = waiting[0].sequence();
        if (sequence - first >= 0 && ++lostVotes >= PATIENCE) {
            skipTo(first);
            deliverWaiting();
        }
    }

    /** Reads what is waiting, without what is missing before it. */
    void close() {
        while (waitingCount > 0) {
            skipTo(waiting[0].sequence());
            deliverWaiting();
        }
        framer.close();
        started = false;
        data = false;
        ended = false;
    }

    private void deliver(byte[] bytes, int from, int to, int length) {
        int captured = Math.max(0, Math.min(to - from, length));
        if (captured > 0) {
            framer.take(bytes, from, from + captured);
        }
        if (captured < length) {
            lose(length - captured);
        }
        next += length;
        lostVotes = 0;
    }

    private void lose(int count) {
        tally.lostBytes += count;
        framer.lose(count);
    }

    private void skipTo(int sequence) {
        int gap = sequence - next;
        if (gap > 0) {
            lose(gap);
            next = sequence;
        }
        lostVotes = 0;
    }

    private void keep(int sequence, Segment segment) {
        int captured = segment.captured();
        if (waitingCount == MOST_WAITING || waitingBytes + captured > MOST_WAITING_BYTES || !budget.take(captured)) {
            // give up what is missing before the earliest of all that came early
            if (waitingCount == 0 || sequence - waiting[0].sequence() < 0) {
                skipTo(sequence);
                take(sequence, segment);
            } else {
                skipTo(waiting[0].sequence());
                deliverWaiting();
                take(sequence, segment);
            }
            return;
        }
        if (waitingCount == waiting.length) {
            waiting = Arrays.copyOf(waiting, Math.max(8, waitingCount * 2));
        }
        int place = waitingCount;
        while (place > 0 && waiting[place - 1].sequence() - sequence > 0) {
            waiting[place] = waiting[place - 1];
            place--;
        }
        waiting[place] = new Waiting(sequence, Arrays.copyOfRange(segment.bytes, segment.from, segment.to), segment.length);
        waitingCount++;
        waitingBytes += captured;
    }

    /** Hands on all that waits no longer. */
    private void deliverWaiting() {
        int done = 0;
        while (done < waitingCount && waiting[done].sequence() - next <= 0) {
            Waiting one = waiting[done++];
            waitingBytes -= one.bytes().length;
            budget.giveBack(one.bytes().length);
            int old = next - one.sequence();
            if (old < one.length()) {
                deliver(one.bytes(), old, one.bytes().length, one.length() - old);
            }
        }
        if (done > 0) {
            System.arraycopy(waiting, done, waiting, 0, waitingCount - done);
            Arrays.fill(waiting, waitingCount - done, waitingCount, null);
            waitingCount -= done;
        }
    }

    private void dropWaiting() {
        while (waitingCount > 0) {
            budget.giveBack(waiting[--waitingCount].bytes().length);
            waiting[waitingCount] = null;
        }
        waitingBytes = 0;
    }
}
