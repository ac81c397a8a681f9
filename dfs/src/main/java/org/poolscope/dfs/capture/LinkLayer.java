package org.poolscope.dfs.capture;

/**
 * Finds the IP packet in a frame. Link types are those of tcpdump.org's registry; below Ethernet and its like, VLAN tags, MPLS
 * labels, PPPoE and LLC/SNAP are passed over.
 */
final class LinkLayer {

    /** Says that a frame holds no IP packet. */
    static final int NOT_IP = -1;
    /** Says that the link type is not known. */
    static final int UNKNOWN_LINK = -2;

    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int ETHERTYPE_IPV6 = 0x86dd;
    private static final int MOST_LAYERS = 16;

    private LinkLayer() {
    }

    /** Where the IP header begins, or one of the negative codes. */
    static int ipStart(int linkType, byte[] bytes, int from, int to) {
        return switch (linkType) {
            // Ethernet
            case 1 -> from + 14 > to ? NOT_IP : etherType(u16(bytes, from + 12), bytes, from + 14, to);
            // BSD loopback: a 32-bit protocol family before the packet, in the byte order of whoever captured
            case 0, 108 -> atIp(bytes, from + 4, to);
            // raw IP in its several numbers, IPv4 only, IPv6 only
            case 12, 14, 101, 228, 229 -> atIp(bytes, from, to);
            // PPP, with or without address and control
            case 9, 50 -> ppp(bytes, from, to);
            // Cisco HDLC
            case 104 -> from + 4 > to ? NOT_IP : etherType(u16(bytes, from + 2), bytes, from + 4, to);
            // Linux cooked, both versions
            case 113 -> from + 16 > to ? NOT_IP : etherType(u16(bytes, from + 14), bytes, from + 16, to);
            case 276 -> from + 20 > to ? NOT_IP : etherType(u16(bytes, from), bytes, from + 20, to);
            // 802.11, plain and after a radiotap header
            case 105 -> wireless(bytes, from, to);
            case 127 -> from + 4 > to ? NOT_IP : wireless(bytes, from + (bytes[from + 2] & 0xff | (bytes[from + 3] & 0xff) << 8),
                    to);
            default -> UNKNOWN_LINK;
        };
    }

    private static int etherType(int type, byte[] bytes, int from, int to) {
        int at = from;
        int next = type;
        for (int layer = 0; layer < MOST_LAYERS; layer++) {
            switch (next) {
                case ETHERTYPE_IPV4, ETHERTYPE_IPV6 -> {
                    return atIp(bytes, at, to);
                }
                // VLAN tags
                case 0x8100, 0x88a8, 0x9100, 0x9200 -> {
                    if (at + 4 > to) {
                        return NOT_IP;
                    }
                    next = u16(bytes, at + 2);
                    at += 4;
                }
                // MPLS: labels up to the one marked as the last
                case 0x8847, 0x8848 -> {
                    if (at + 4 > to) {
                        return NOT_IP;
                    }
                    boolean last = (bytes[at + 2] & 1) != 0;
                    at += 4;
                    if (last) {
                        return atIp(bytes, at, to);
                    }
                }
                // PPPoE session
                case 0x8864 -> {
                    return ppp(bytes, at + 6, to);
                }
                default -> {
                    return next < 0x600 ? llc(bytes, at, to) : NOT_IP;
                }
            }
        }
        return NOT_IP;
    }

    private static int llc(byte[] bytes, int from, int to) {
        boolean snap = from + 8 <= to && bytes[from] == (byte) 0xaa && bytes[from + 1] == (byte) 0xaa && bytes[from + 2] == 3;
        if (!snap) {
            return NOT_IP;
        }
        int type = u16(bytes, from + 6);
        return type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6 ? atIp(bytes, from + 8, to) : NOT_IP;
    }

    private static int ppp(byte[] bytes, int from, int to) {
        int at = from + 1 < to && bytes[from] == (byte) 0xff && bytes[from + 1] == 3 ? from + 2 : from;
        if (at + 2 > to) {
            return NOT_IP;
        }
        int protocol = u16(bytes, at);
        return protocol == 0x0021 || protocol == 0x0057 ? atIp(bytes, at + 2, to) : NOT_IP;
    }

    /** A data frame of 802.11 that is not encrypted: header of 24 bytes, more with four addresses or quality of service. */
    private static int wireless(byte[] bytes, int from, int to) {
        if (from < 0 || from + 24 > to) {
            return NOT_IP;
        }
        int control = bytes[from] & 0xff;
        int flags = bytes[from + 1] & 0xff;
        boolean data = (control & 0x0c) == 0x08 && (control & 0x40) == 0;
        boolean encrypted = (flags & 0x40) != 0;
        if (!data || encrypted) {
            return NOT_IP;
        }
        int header = 24 + ((flags & 3) == 3 ? 6 : 0) + ((control & 0x80) != 0 ? 2 : 0);
        return llc(bytes, from + header, to);
    }

    private static int atIp(byte[] bytes, int at, int to) {
        if (at < 0 || at >= to) {
            return NOT_IP;
        }
        int version = bytes[at] >> 4 & 0xf;
        return version == 4 || version == 6 ? at : NOT_IP;
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }
}
