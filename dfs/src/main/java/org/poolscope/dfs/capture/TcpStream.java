package org.poolscope.dfs.capture;

/** One TCP connection: its two directions, and a place in the lists of {@link TcpStreams}. */
final class TcpStream {

    TcpStream nextInBucket;
    TcpStream quieter;
    TcpStream louder;
    int bucket;
    boolean otherPort;

    private final long oneHigh;
    private final long oneLow;
    private final int onePort;
    private final long otherHigh;
    private final long otherLow;
    private final int otherEndPort;
    private final boolean ipv6;
    private final ReferralMatcher matcher;
    private final TcpDirection fromOne;
    private final TcpDirection fromOther;
    private boolean reset;

    /** The end of a list. */
    TcpStream() {
        this(new Segment(), null, null, null);
    }

    TcpStream(Segment first, ReferralMatcher matcher, MemoryBudget budget, Tally tally) {
        this.oneHigh = first.sourceHigh;
        this.oneLow = first.sourceLow;
        this.onePort = first.sourcePort;
        this.otherHigh = first.destinationHigh;
        this.otherLow = first.destinationLow;
        this.otherEndPort = first.destinationPort;
        this.ipv6 = first.ipv6;
        this.matcher = matcher;
        this.fromOne = new TcpDirection(matcher, budget, tally);
        this.fromOther = new TcpDirection(matcher, budget, tally);
    }

    boolean carries(Segment segment) {
        return ipv6 == segment.ipv6 && (isFromOne(segment)
                || segment.sourcePort == otherEndPort && segment.destinationPort == onePort && segment.sourceLow == otherLow
                && segment.destinationLow == oneLow && segment.sourceHigh == otherHigh && segment.destinationHigh == oneHigh);
    }

    private boolean isFromOne(Segment segment) {
        return segment.sourcePort == onePort && segment.destinationPort == otherEndPort && segment.sourceLow == oneLow
                && segment.destinationLow == otherLow && segment.sourceHigh == oneHigh && segment.destinationHigh == otherHigh;
    }

    void segment(Segment segment) {
        TcpDirection direction = isFromOne(segment) ? fromOne : fromOther;
        if (segment.has(Segment.SYN) && !segment.has(Segment.ACK) && fromOne.hasData() | fromOther.hasData()) {
            // the ports are used again for a new connection
            fromOne.close();
            fromOther.close();
            matcher.close();
        }
        matcher.frame(segment.frame);
        if (segment.has(Segment.ACK)) {
            (direction == fromOne ? fromOther : fromOne).acknowledged(segment.acknowledged);
        }
        direction.segment(segment);
        reset = segment.has(Segment.RESET);
    }

    /** Whether nothing more can come: it was reset, or both sides ended it. */
    boolean isOver() {
        return reset || fromOne.isOver() && fromOther.isOver();
    }

    void close() {
        fromOne.close();
        fromOther.close();
        matcher.close();
    }
}
