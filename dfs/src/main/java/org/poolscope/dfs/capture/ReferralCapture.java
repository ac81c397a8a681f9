package org.poolscope.dfs.capture;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.poolscope.dfs.ReferralExchange;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;

/** Reads the referral exchanges of a capture file, in constant memory. */
public final class ReferralCapture {

    private static final int GZIP_BUFFER = 1 << 16;

    private ReferralCapture() {
    }

    /** Whether the file is a pcap or pcapng file, plain or gzipped, judged by its first bytes. */
    public static boolean recognises(EvidenceFile file) {
        if (isGzip(file)) {
            try (InputStream in = new GZIPInputStream(Files.newInputStream(file.path()), GZIP_BUFFER)) {
                return isCapture(in.readNBytes(12));
            } catch (IOException e) {
                return false;
            }
        }
        return isCapture(file.head());
    }

    /**
     * Reads a capture to its end, or to where it is damaged.
     *
     * @param file the capture
     * @param exchanges takes each exchange once its final reply was seen, or once it is clear that there will be none
     * @return what the capture held, and what could not be read
     * @throws EvidenceException when the file cannot be read, or is no capture
     */
    public static CaptureSummary read(EvidenceFile file, Consumer<ReferralExchange> exchanges) throws EvidenceException {
        if (!recognises(file)) {
            throw new EvidenceException(file.path(), "", "this is not a pcap or pcapng file",
                    "Save the capture in one of these formats");
        }
        Tally tally = new Tally();
        TcpStreams streams = new TcpStreams((transport, request, status, reply, problems) ->
                exchanges.accept(new ReferralExchange(file.name(), transport, request, status, reply, problems)), tally);
        List<String> damage = new ArrayList<>();
        try (InputStream in = open(file)) {
            CaptureInput input = new CaptureInput(in);
            CaptureFormat format = input.has(4) && isPcap(input) ? new Pcap() : new Pcapng();
            format.read(input, new PacketReader(streams, tally));
            streams.finish();
            addIf(damage, input.damage());
            addIf(damage, format.damage());
            return tally.summary(file.at(""), format.frames(), input.offset(), damage);
        } catch (IOException e) {
            throw new EvidenceException(file.path(), "", "cannot be read: " + e.getMessage(), "Copy the file again", e);
        }
    }

    private static InputStream open(EvidenceFile file) throws IOException {
        InputStream plain = Files.newInputStream(file.path());
        if (!isGzip(file)) {
            return plain;
        }
        try {
            return new GZIPInputStream(new BufferedInputStream(plain, GZIP_BUFFER), GZIP_BUFFER);
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    private static void addIf(List<String> list, String text) {
        if (!text.isEmpty()) {
            list.add(text);
        }
    }

    private static boolean isGzip(EvidenceFile file) {
        return file.hasAt(0, (byte) 0x1f, (byte) 0x8b, (byte) 8);
    }

    private static boolean isPcap(CaptureInput input) {
        long little = input.u32(0);
        return Pcap.isMagic(little) || Pcap.isMagic(Integer.reverseBytes((int) little) & 0xffff_ffffL);
    }

    private static boolean isCapture(byte[] head) {
        if (head.length < 12) {
            return false;
        }
        long little = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt() & 0xffff_ffffL;
        long big = ByteBuffer.wrap(head).getInt() & 0xffff_ffffL;
        long mark = ByteBuffer.wrap(head).getInt(8) & 0xffff_ffffL;
        return Pcap.isMagic(little) || Pcap.isMagic(big)
                || little == Pcapng.SECTION_HEADER && (mark == 0x1a2b_3c4dL || mark == 0x4d3c_2b1aL);
    }
}
