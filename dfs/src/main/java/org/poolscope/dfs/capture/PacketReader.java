package org.poolscope.dfs.capture;

/**
 * Takes frames apart down to TCP and hands the segments that may carry SMB to their streams. Does nothing per packet but look at
 * fixed fields, since most packets of most captures are not SMB.
 */
final class PacketReader implements FrameSink {

    private static final int TCP = 6;
    private static final int MOST_EXTENSIONS = 16;

    private final TcpStreams streams;
    private final Tally tally;
    private final Segment segment = new Segment();

    PacketReader(TcpStreams streams, Tally tally) {
        this.streams = streams;
        this.tally = tally;
    }

    @Override
    public void frame(long number, int linkType, byte[] bytes, int from, int to, long original) {
        if (original > to - from) {
            tally.shortFrames++;
        }
        int ip = LinkLayer.ipStart(linkType, bytes, from, to);
        if (ip < 0) {
            if (ip == LinkLayer.UNKNOWN_LINK) {
                tally.unknownLink(linkType);
            }
            return;
        }
        segment.frame = number;
        segment.bytes = bytes;
        if ((bytes[ip] & 0xf0) == 0x40) {
            ipv4(bytes, ip, to, original - (to - from));
        } else {
            ipv6(bytes, ip, to, original - (to - from));
        }
    }

    private void ipv4(byte[] bytes, int at, int to, long cut) {
        int header = (bytes[at] & 0xf) * 4;
        if (header < 20 || at + header > to || bytes[at + 9] != TCP) {
            return;
        }
        if ((u16(bytes, at + 6) & 0x3fff) != 0) {
            tally.fragments++;
            return;
        }
        int total = u16(bytes, at + 2);
        // a length of 0 is left by segmentation offload: the packet reaches to the end of the frame
        long end = total == 0 ? to + Math.max(cut, 0) : at + (long) total;
        segment.sourceHigh = 0;
        segment.sourceLow = u32(bytes, at + 12);
        segment.destinationHigh = 0;
        segment.destinationLow = u32(bytes, at + 16);
        segment.ipv6 = false;
        tcp(bytes, at + header, to, end);
    }

    private void ipv6(byte[] bytes, int at, int to, long cut) {
        if (at + 40 > to) {
            return;
        }
        int payload = u16(bytes, at + 4);
        long end = payload == 0 ? to + Math.max(cut, 0) : at + 40L + payload;
        int next = bytes[at + 6] & 0xff;
        int header = at + 40;
        for (int i = 0; i < MOST_EXTENSIONS && next != TCP; i++) {
            if (header + 8 > to) {
                return;
            }
            switch (next) {
                // hop-by-hop, routing, destination options
                case 0, 43, 60 -> {
                    next = bytes[header] & 0xff;
                    header += 8 + 8 * (bytes[header + 1] & 0xff);
                }
                // authentication
                case 51 -> {
                    next = bytes[header] & 0xff;
                    header += 8 + 4 * (bytes[header + 1] & 0xff);
                }
                // fragment
                case 44 -> {
                    tally.fragments++;
                    return;
                }
                default -> {
                    return;
                }
            }
        }
        if (next != TCP) {
            return;
        }
        segment.sourceHigh = u64(bytes, at + 8);
        segment.sourceLow = u64(bytes, at + 16);
        segment.destinationHigh = u64(bytes, at + 24);
        segment.destinationLow = u64(bytes, at + 32);
        segment.ipv6 = true;
        tcp(bytes, header, to, end);
    }

    private void tcp(byte[] bytes, int at, int to, long packetEnd) {
        if (at + 20 > to) {
            return;
        }
        int header = (bytes[at + 12] >> 4 & 0xf) * 4;
        long length = packetEnd - at - header;
        if (header < 20 || at + header > to || length < 0) {
            return;
        }
        segment.sourcePort = u16(bytes, at);
        segment.destinationPort = u16(bytes, at + 2);
        segment.sequence = (int) u32(bytes, at + 4);
        segment.acknowledged = (int) u32(bytes, at + 8);
        segment.flags = bytes[at + 13] & 0xff;
        segment.from = at + header;
        segment.to = (int) Math.min(to, at + header + length);
        segment.length = (int) Math.min(length, Integer.MAX_VALUE / 2);
        streams.segment(segment);
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }

    private static long u32(byte[] bytes, int at) {
        return (long) u16(bytes, at) << 16 | u16(bytes, at + 2);
    }

    private static long u64(byte[] bytes, int at) {
        return u32(bytes, at) << 32 | u32(bytes, at + 4);
    }
}
