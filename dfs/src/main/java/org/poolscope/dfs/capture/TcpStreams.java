package org.poolscope.dfs.capture;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * The TCP connections of a capture that carry SMB: those with port 445 or 139 at one end, and any other from the first segment
 * on that begins as an SMB message does. At most {@link #MOST_STREAMS} at once; when there are more, the one longest silent is
 * put aside.
 */
final class TcpStreams {

    static final int MOST_STREAMS = 8192;
    private static final int BUCKETS = 16_384;

    private final ReferralMatcher.Sink sink;
    private final Tally tally;
    private final MemoryBudget budget = new MemoryBudget();
    private final TcpStream[] buckets = new TcpStream[BUCKETS];
    /** Ends of the list of all streams, longest silent first. */
    private final TcpStream ends = new TcpStream();
    private int count;
    private int onOtherPorts;

    TcpStreams(ReferralMatcher.Sink sink, Tally tally) {
        this.sink = sink;
        this.tally = tally;
        ends.quieter = ends;
        ends.louder = ends;
    }

    void segment(Segment segment) {
        boolean usualPort = isSmbPort(segment.sourcePort) || isSmbPort(segment.destinationPort);
        boolean looksLikeSmb = !usualPort && SmbFramer.beginsMessage(segment.bytes, segment.from, segment.to);
        if (!usualPort && !looksLikeSmb && onOtherPorts == 0) {
            return;
        }
        TcpStream stream = find(segment);
        if (stream == null) {
            if (!usualPort && !looksLikeSmb || segment.has(Segment.RESET) || segment.captured() == 0
                    && !segment.has(Segment.SYN)) {
                return;
            }
            stream = add(segment, !usualPort);
        }
        moveToLoud(stream);
        stream.segment(segment);
        if (stream.isOver()) {
            remove(stream);
        }
    }

    /** Reads what is still held back, and reports requests that were never answered. */
    void finish() {
        while (ends.louder != ends) {
            remove(ends.louder);
        }
    }

    private static boolean isSmbPort(int port) {
        return port == 445 || port == 139;
    }

    private TcpStream find(Segment segment) {
        for (TcpStream stream = buckets[bucket(segment)]; stream != null; stream = stream.nextInBucket) {
            if (stream.carries(segment)) {
                return stream;
            }
        }
        return null;
    }

    private TcpStream add(Segment segment, boolean otherPort) {
        if (count >= MOST_STREAMS) {
            tally.forgottenStreams++;
            remove(ends.louder);
        }
        boolean toServer = isSmbPort(segment.destinationPort) || !isSmbPort(segment.sourcePort)
                && !SmbFramer.beginsReply(segment);
        String source = address(segment.ipv6, segment.sourceHigh, segment.sourceLow) + ":" + segment.sourcePort;
        String destination = address(segment.ipv6, segment.destinationHigh, segment.destinationLow) + ":"
                + segment.destinationPort;
        ReferralMatcher matcher = new ReferralMatcher(toServer ? source : destination, toServer ? destination : source, sink,
                tally);
        TcpStream stream = new TcpStream(segment, matcher, budget, tally);
        stream.otherPort = otherPort;
        onOtherPorts += otherPort ? 1 : 0;
        stream.bucket = bucket(segment);
        stream.nextInBucket = buckets[stream.bucket];
        buckets[stream.bucket] = stream;
        stream.quieter = ends.quieter;
        stream.louder = ends;
        stream.quieter.louder = stream;
        ends.quieter = stream;
        count++;
        tally.streams++;
        return stream;
    }

    private void remove(TcpStream stream) {
        stream.close();
        stream.quieter.louder = stream.louder;
        stream.louder.quieter = stream.quieter;
        TcpStream before = null;
        for (TcpStream each = buckets[stream.bucket]; each != stream; each = each.nextInBucket) {
            before = each;
        }
        if (before == null) {
            buckets[stream.bucket] = stream.nextInBucket;
        } else {
            before.nextInBucket = stream.nextInBucket;
        }
        onOtherPorts -= stream.otherPort ? 1 : 0;
        count--;
    }

    private void moveToLoud(TcpStream stream) {
        if (ends.quieter == stream) {
            return;
        }
        stream.quieter.louder = stream.louder;
        stream.louder.quieter = stream.quieter;
        stream.quieter = ends.quieter;
        stream.louder = ends;
        stream.quieter.louder = stream;
        ends.quieter = stream;
    }

    /** The same for both directions. */
    private static int bucket(Segment segment) {
        long one = segment.sourceHigh * 31 + segment.sourceLow * 0x9e3779b97f4a7c15L + segment.sourcePort * 0xc2b2ae3d27d4eb4fL;
        long other = segment.destinationHigh * 31 + segment.destinationLow * 0x9e3779b97f4a7c15L
                + segment.destinationPort * 0xc2b2ae3d27d4eb4fL;
        long mixed = (one + other) * 0xff51afd7ed558ccdL;
        return (int) (mixed >>> 50);
    }

    private static String address(boolean ipv6, long high, long low) {
        byte[] bytes = ipv6 ? ByteBuffer.allocate(16).putLong(high).putLong(low).array() : ByteBuffer.allocate(4)
                .putInt((int) low).array();
        try {
            String text = InetAddress.getByAddress(bytes).getHostAddress();
            return ipv6 ? "[" + text + "]" : text;
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes is always valid", e);
        }
    }
}
