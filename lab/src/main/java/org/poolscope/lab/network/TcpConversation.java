package org.poolscope.lab.network;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A TCP connection between a client and a server in one Ethernet: every byte is acknowledged, nothing is lost. */
final class TcpConversation {

    private static final int LONGEST_SEGMENT = 1460;
    private static final int ETHERNET = 14;
    private static final int IP = 20;
    private static final int TCP = 20;
    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int PUSH = 8;
    private static final int ACK = 16;

    private final PcapFile file;
    private final int[] addresses;
    private final int[] ports;
    private final int[] next;
    private int identification = 1;

    /** One side of the connection. */
    enum Side {
        CLIENT, SERVER;

        Side other() {
            return this == CLIENT ? SERVER : CLIENT;
        }
    }

    /** Opens a connection: the three frames of its beginning are written. */
    TcpConversation(PcapFile file, int clientAddress, int clientPort, int serverAddress, int serverPort) throws IOException {
        this.file = file;
        this.addresses = new int[] {clientAddress, serverAddress};
        this.ports = new int[] {clientPort, serverPort};
        this.next = new int[] {0x1000_0000 + clientPort * 7919, 0x7000_0000 + clientPort * 104_729};
        segment(Side.CLIENT, SYN, new byte[0]);
        next[0]++;
        segment(Side.SERVER, SYN | ACK, new byte[0]);
        next[1]++;
        segment(Side.CLIENT, ACK, new byte[0]);
    }

    /** Sends bytes, in as many segments as they need; the other side acknowledges them. */
    void send(Side from, byte[] bytes) throws IOException {
        for (int at = 0; at < bytes.length; at += LONGEST_SEGMENT) {
            int end = Math.min(bytes.length, at + LONGEST_SEGMENT);
            segment(from, ACK | (end == bytes.length ? PUSH : 0), Arrays.copyOfRange(bytes, at, end));
            next[from.ordinal()] += end - at;
            file.pass(140);
        }
        segment(from.other(), ACK, new byte[0]);
        file.pass(90);
    }

    /** Ends the connection from both sides. */
    void close() throws IOException {
        for (Side side : Side.values()) {
            segment(side, FIN | ACK, new byte[0]);
            next[side.ordinal()]++;
        }
        segment(Side.CLIENT, ACK, new byte[0]);
    }

    private void segment(Side from, int flags, byte[] data) throws IOException {
        int one = from.ordinal();
        int other = 1 - one;
        ByteBuffer frame = ByteBuffer.allocate(ETHERNET + IP + TCP + data.length);
        hardwareAddress(frame, addresses[other]);
        hardwareAddress(frame, addresses[one]);
        frame.putShort((short) 0x0800);
        frame.put((byte) 0x45).put((byte) 0).putShort((short) (IP + TCP + data.length)).putShort((short) identification++)
                .putShort((short) 0x4000).put((byte) 128).put((byte) 6).putShort((short) 0).putInt(addresses[one])
                .putInt(addresses[other]);
        frame.putShort(ETHERNET + 10, (short) checksum(frame, ETHERNET, ETHERNET + IP, 0));
        frame.putShort((short) ports[one]).putShort((short) ports[other]).putInt(next[one])
                .putInt((flags & ACK) != 0 ? next[other] : 0).put((byte) 0x50).put((byte) flags).putShort((short) 65_535).putShort((short) 0)
                .putShort((short) 0).put(data);
        // the checksum of TCP covers both addresses, the protocol and the length too
        int pseudo = sum(frame, ETHERNET + 12, ETHERNET + IP) + 6 + TCP + data.length;
        frame.putShort(ETHERNET + IP + 16, (short) checksum(frame, ETHERNET + IP, frame.capacity(), pseudo));
        file.frame(frame.array());
        file.pass(60);
    }

    /** A locally administered address made of the IP address. */
    private static void hardwareAddress(ByteBuffer frame, int address) {
        frame.putShort((short) 0x0200).putInt(address);
    }

    private static int sum(ByteBuffer bytes, int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i += 2) {
            sum += (bytes.get(i) & 0xff) << 8 | (i + 1 < to ? bytes.get(i + 1) & 0xff : 0);
        }
        return sum;
    }

    private static int checksum(ByteBuffer bytes, int from, int to, int start) {
        int sum = start + sum(bytes, from, to);
        sum = (sum & 0xffff) + (sum >>> 16);
        return ~((sum & 0xffff) + (sum >>> 16));
    }
}
