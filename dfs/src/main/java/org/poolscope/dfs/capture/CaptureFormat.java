package org.poolscope.dfs.capture;

import java.io.IOException;

/** A format of capture files: finds the frames in it. */
abstract sealed class CaptureFormat permits Pcap, Pcapng {

    /** No link has packets anywhere near this; a length beyond is damage. Wireshark draws the line at 256 KB for most links. */
    static final int MOST_FRAME_BYTES = 4 << 20;

    private long frames;
    private String damage = "";

    /**
     * Hands out all frames up to the end, or to the first place where the file makes no sense.
     *
     * @throws IOException when the file cannot be read
     */
    abstract void read(CaptureInput in, FrameSink sink) throws IOException;

    /** How many frames there were. */
    final long frames() {
        return frames;
    }

    /** Why reading ended before the file did; empty when it did not. */
    final String damage() {
        return damage;
    }

    final void stop(CaptureInput in, String problem) {
        damage = "after frame " + frames + ", at byte " + in.offset() + ": " + problem;
    }

    /** Hands out the frame that stands at the position, and moves behind it. */
    final boolean frame(CaptureInput in, FrameSink sink, int linkType, long captured, long original) throws IOException {
        if (captured > MOST_FRAME_BYTES) {
            stop(in, "frame " + (frames + 1) + " is said to have " + captured + " bytes, which no frame has");
            return false;
        }
        if (!in.has((int) captured)) {
            stop(in, "the file ends inside frame " + (frames + 1) + ", after " + in.available() + " of its " + captured
                    + " bytes");
            return false;
        }
        frames++;
        int from = in.position();
        sink.frame(frames, linkType, in.buffer(), from, from + (int) captured, original);
        in.advance((int) captured);
        return true;
    }
}
