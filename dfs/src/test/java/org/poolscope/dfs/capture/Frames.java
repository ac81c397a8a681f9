package org.poolscope.dfs.capture;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The frames of a real capture in the classic little-endian format with Ethernet frames, to be damaged and rearranged by tests.
 */
final class Frames {

    private Frames() {
    }

    /** The Ethernet frames of a file. */
    static List<byte[]> of(Path file) throws Exception {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(24);
        List<byte[]> frames = new ArrayList<>();
        while (bytes.hasRemaining()) {
            bytes.getLong();
            byte[] frame = new byte[bytes.getInt()];
            bytes.getInt();
            bytes.get(frame);
            frames.add(frame);
        }
        return frames;
    }

    /** A classic file of these frames. */
    static byte[] pcap(List<byte[]> frames, int linkType, ByteOrder order, int magic) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(24).order(order).putInt(magic).putShort((short) 2).putShort((short) 4).putLong(0)
                .putInt(65_535)
                .putInt(linkType).array());
        for (byte[] frame : frames) {
            out.writeBytes(ByteBuffer.allocate(16).order(order).putLong(0).putInt(frame.length).putInt(frame.length).array());
            out.writeBytes(frame);
        }
        return out.toByteArray();
    }

    static byte[] pcap(List<byte[]> frames) {
        return pcap(frames, 1, ByteOrder.LITTLE_ENDIAN, 0xa1b2c3d4);
    }

    /** A block-format file of these frames, with blocks of other types between. */
    static byte[] pcapng(List<byte[]> frames, ByteOrder order) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(block(order, 0x0a0d0d0a, ByteBuffer.allocate(16).order(order).putInt(0x1a2b3c4d).putShort((short) 1)
                .putShort((short) 0)
                .putLong(-1).array()));
        out.writeBytes(block(order, 1, ByteBuffer.allocate(8).order(order).putShort((short) 1).putShort((short) 0).putInt(0)
                .array()));
        int number = 0;
        for (byte[] frame : frames) {
            byte[] padded = Arrays.copyOf(frame, (frame.length + 3) & ~3);
            switch (number++ % 3) {
                case 0 -> out.writeBytes(block(order, 6, ByteBuffer.allocate(20 + padded.length).order(order).putInt(0).putLong(0)
                        .putInt(frame.length).putInt(frame.length).put(padded).array()));
                case 1 -> out.writeBytes(block(order, 3, ByteBuffer.allocate(4 + padded.length).order(order).putInt(frame.length)
                        .put(padded)
                        .array()));
                default -> {
                    out.writeBytes(block(order, 0x0000_0bad, new byte[40]));
                    out.writeBytes(block(order, 2, ByteBuffer.allocate(20 + padded.length).order(order).putInt(0).putLong(0)
                            .putInt(frame.length).putInt(frame.length).put(padded).array()));
                }
            }
        }
        return out.toByteArray();
    }

    private static byte[] block(ByteOrder order, int type, byte[] body) {
        int length = body.length + 12;
        return ByteBuffer.allocate(length).order(order).putInt(type).putInt(length).put(body).putInt(length).array();
    }

    /** Where the TCP payload begins in an Ethernet frame with IPv4; 0 when it is not such a frame or has no payload. */
    static int payload(byte[] frame) {
        if (frame.length < 54 || frame[12] != 8 || frame[13] != 0 || frame[23] != 6) {
            return 0;
        }
        int tcp = 14 + (frame[14] & 0xf) * 4;
        int start = tcp + (frame[tcp + 12] >> 4 & 0xf) * 4;
        return start < end(frame) ? start : 0;
    }

    static int end(byte[] frame) {
        return 14 + ((frame[16] & 0xff) << 8 | frame[17] & 0xff);
    }

    /** A frame with only a part of its payload. */
    static byte[] part(byte[] frame, int from, int to) {
        int start = payload(frame);
        ByteBuffer made = ByteBuffer.allocate(start + to - from).put(frame, 0, start).put(frame, start + from, to - from);
        int tcp = 14 + (frame[14] & 0xf) * 4;
        made.putShort(16, (short) (start - 14 + to - from));
        made.putInt(tcp + 4, made.getInt(tcp + 4) + from);
        return made.array();
    }
}
