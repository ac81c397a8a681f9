package org.poolscope.dfs.capture;

import java.io.IOException;

/**
 * The classic format (draft-ietf-opsawg-pcap): a header of 24 bytes, then for each frame a header of 16 bytes (24 in Kuznetzov's
 * variant) and its bytes.
 */
final class Pcap extends CaptureFormat {

    static final long MAGIC_MICROSECONDS = 0xa1b2c3d4L;
    static final long MAGIC_NANOSECONDS = 0xa1b23c4dL;
    static final long MAGIC_KUZNETZOV = 0xa1b2cd34L;
    private static final int FILE_HEADER = 24;
    /** The upper bits of the link type tell of check sums at the end of frames. */
    private static final int LINK_TYPE_MASK = 0xffff;

    static boolean isMagic(long value) {
        return value == MAGIC_MICROSECONDS || value == MAGIC_NANOSECONDS || value == MAGIC_KUZNETZOV;
    }

    @Override
    void read(CaptureInput in, FrameSink sink) throws IOException {
        if (!in.has(FILE_HEADER)) {
            stop(in, "the file ends inside its header");
            return;
        }
        in.littleEndian(true);
        in.littleEndian(isMagic(in.u32(0)));
        int frameHeader = in.u32(0) == MAGIC_KUZNETZOV ? 24 : 16;
        int linkType = (int) in.u32(20) & LINK_TYPE_MASK;
        in.advance(FILE_HEADER);
        boolean more = true;
        while (more && in.has(1)) {
            if (!in.has(frameHeader)) {
                stop(in, "the file ends inside the header of frame " + (frames() + 1));
                return;
            }
            long captured = in.u32(8);
            long original = in.u32(12);
            in.advance(frameHeader);
            more = frame(in, sink, linkType, captured, original);
        }
    }
}
