package org.poolscope.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes a large capture of small ones: {@code CaptureMaker FOLDER BYTES FILE} repeats the captures of a folder until the file has
 * that many bytes, each time between other addresses and from other ports, so that every conversation is one of its own. {@code
 * FILE.json} says how often. Ethernet only. The same arguments give the same bytes.
 */
public final class CaptureMaker {

    private static final int PCAP_MAGIC = 0xa1b2c3d4;
    private static final int PCAP_NANOS_MAGIC = 0xa1b23c4d;
    private static final int PCAPNG_MAGIC = 0x0a0d0d0a;
    private static final int PCAPNG_PACKET = 6;
    private static final int RECORD_HEADER = 16;
    private static final int ETHERNET = 14;

    private CaptureMaker() {
    }

    /** Makes the capture. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 3) {
            throw new IllegalArgumentException("three arguments are needed: a folder of captures, a size in bytes, and a file");
        }
        List<byte[]> frames = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
            for (Path file : files.filter(one -> one.toString().matches(".*\\.pcap(ng)?")).sorted().toList()) {
                read(file, frames);
            }
        }
        if (frames.isEmpty()) {
            throw new IOException(arguments[0] + " holds no captures");
        }
        Path target = Path.of(arguments[2]);
        int rounds = write(frames, Long.parseLong(arguments[1]), target);
        Files.writeString(Path.of(target + ".json"), "{\"rounds\": %d, \"framesEach\": %d}%n".formatted(rounds, frames.size()));
    }

    private static void read(Path file, List<byte[]> frames) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int magic = in.getInt(0);
        if (magic == PCAPNG_MAGIC) {
            while (in.remaining() >= 12) {
                int start = in.position();
                if (in.getInt(start) == PCAPNG_PACKET) {
                    frames.add(bytes(in, start + 28, in.getInt(start + 20)));
                }
                in.position(start + in.getInt(start + 4));
            }
            return;
        }
        if (magic != PCAP_MAGIC && magic != PCAP_NANOS_MAGIC) {
            in.order(ByteOrder.BIG_ENDIAN);
        }
        in.position(24);
        while (in.remaining() >= RECORD_HEADER) {
            int start = in.position();
            frames.add(bytes(in, start + RECORD_HEADER, in.getInt(start + 8)));
            in.position(start + RECORD_HEADER + in.getInt(start + 8));
        }
    }

    private static byte[] bytes(ByteBuffer in, int at, int length) {
        byte[] bytes = new byte[length];
        in.get(at, bytes);
        return bytes;
    }

    private static int write(List<byte[]> frames, long size, Path file) throws IOException {
        int rounds = 0;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            ByteBuffer header = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
            header.putInt(PCAP_MAGIC).putShort((short) 2).putShort((short) 4).putLong(0).putInt(1 << 18).putInt(1);
            out.write(header.array());
            ByteBuffer record = ByteBuffer.allocate(RECORD_HEADER).order(ByteOrder.LITTLE_ENDIAN);
            for (long written = 0; written < size; rounds++) {
                int micros = 0;
                for (byte[] frame : frames) {
                    byte[] moved = moved(frame, rounds);
                    out.write(record.clear().putInt(1_700_000_000 + rounds).putInt(micros++ % 1_000_000).putInt(moved.length)
                            .putInt(moved.length).array());
                    out.write(moved);
                    written += RECORD_HEADER + moved.length;
                }
            }
        }
        return rounds;
    }

    /** The frame between other addresses, and from another port of the client. */
    private static byte[] moved(byte[] frame, int round) {
        byte[] moved = frame.clone();
        int ip = ETHERNET;
        if (moved.length < ip + 40) {
            return moved;
        }
        int version = moved[ip] >> 4 & 0xf;
        int transport;
        int protocol;
        if (version == 4 && moved[12] == 8 && moved[13] == 0) {
            for (int address : new int[] {ip + 12, ip + 16}) {
                moved[address + 1] ^= (byte) (round >> 8);
                moved[address + 2] ^= (byte) round;
            }
            transport = ip + 4 * (moved[ip] & 0xf);
            protocol = moved[ip + 9];
            checksum(moved, ip, transport);
        } else if (version == 6 && (moved[12] & 0xff) == 0x86 && (moved[13] & 0xff) == 0xdd) {
            for (int address : new int[] {ip + 8, ip + 24}) {
                moved[address + 8] ^= (byte) (round >> 8);
                moved[address + 9] ^= (byte) round;
            }
            transport = ip + 40;
            protocol = moved[ip + 6];
        } else {
            return moved;
        }
        if (protocol == 6 && moved.length >= transport + 4) {
            port(moved, transport, round);
            port(moved, transport + 2, round);
        }
        return moved;
    }

    private static void port(byte[] frame, int at, int round) {
        int port = (frame[at] & 0xff) << 8 | frame[at + 1] & 0xff;
        if (port > 1500) {
            int other = port ^ round & 0xff;
            frame[at] = (byte) (other >> 8);
            frame[at + 1] = (byte) other;
        }
    }

    private static void checksum(byte[] frame, int from, int to) {
        frame[from + 10] = 0;
        frame[from + 11] = 0;
        int sum = 0;
        for (int i = from; i + 1 < to; i += 2) {
            sum += (frame[i] & 0xff) << 8 | frame[i + 1] & 0xff;
        }
        sum = (sum & 0xffff) + (sum >> 16);
        sum = ~((sum & 0xffff) + (sum >> 16));
        frame[from + 10] = (byte) (sum >> 8);
        frame[from + 11] = (byte) sum;
    }
}
