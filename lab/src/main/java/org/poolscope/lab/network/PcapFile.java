package org.poolscope.lab.network;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** A capture file: pcap, microseconds, Ethernet (the format of libpcap's savefiles, pcap-savefile(5)). */
public final class PcapFile implements AutoCloseable {

    private static final int MAGIC = 0xa1b2c3d4;
    private static final int LINK_ETHERNET = 1;
    private static final int SNAP_LENGTH = 65_535;

    private final OutputStream out;
    private long micros;

    /** Creates the file; its first frame is taken at this time. */
    public PcapFile(Path file, Instant start) throws IOException {
        this.out = new BufferedOutputStream(Files.newOutputStream(file));
        this.micros = start.getEpochSecond() * 1_000_000 + start.getNano() / 1000;
        out.write(new LittleEndianBytes().u32(MAGIC).u16(2).u16(4).u32(0).u32(0).u32(SNAP_LENGTH).u32(LINK_ETHERNET).toBytes());
    }

    /** Lets time pass. */
    public void pass(long microseconds) {
        micros += microseconds;
    }

    void frame(byte[] frame) throws IOException {
        out.write(new LittleEndianBytes().u32(micros / 1_000_000).u32(micros % 1_000_000).u32(frame.length).u32(frame.length).toBytes());
        out.write(frame);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
