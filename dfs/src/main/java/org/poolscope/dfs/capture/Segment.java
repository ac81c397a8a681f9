package org.poolscope.dfs.capture;

/** A TCP segment as it stands in a frame. One object serves all segments; it holds good during one call. */
final class Segment {

    static final int FIN = 0x01;
    static final int SYN = 0x02;
    static final int RESET = 0x04;
    static final int ACK = 0x10;

    long frame;
    boolean ipv6;
    long sourceHigh;
    long sourceLow;
    long destinationHigh;
    long destinationLow;
    int sourcePort;
    int destinationPort;
    int sequence;
    int acknowledged;
    int flags;
    /** The buffer that holds the payload. */
    byte[] bytes;
    /** Where the payload begins. */
    int from;
    /** Where what was captured of it ends. */
    int to;
    /** How long it was on the wire; more than was captured when the frame was cut. */
    int length;

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    int captured() {
        return to - from;
    }
}
