package org.poolscope.logs.counter;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;

/**
 * Knows binary counter logs ({@code .blg}) by their content and says how to make text of them: what they hold behind the frame of
 * an
 * event trace is not documented.
 *
 * <p>The frame: a buffer header that begins with the buffer's size, and behind it, always first, the event of type 0 that
 * describes
 * the trace, whose marker is {@code 0xC0010001}, {@code 0xC0010002} (32-bit) or {@code 0xC0020001}, {@code 0xC0020002} (64-bit).
 * Source: Geoff Chappell's notes on {@code TRACE_LOGFILE_HEADER}; evntrace.h for the {@code BufferSize} both repeat.
 */
public final class BinaryCounterLogReader implements EvidenceReader {

    /** The buffer header is this long; the first event follows it, with a header of its own. */
    private static final int BUFFER_HEADER = 0x48;
    private static final int EVENT_HEADER = 0x20;

    private static final byte[] WINDOWS_2000 = {'"', '(', 'P', 'D', 'H', '-', 'B', 'I', 'N'};
    private static final byte[] WINDOWS_2000_BARE = {'(', 'P', 'D', 'H', '-', 'B', 'I', 'N'};

    /** For {@link java.util.ServiceLoader}. */
    public BinaryCounterLogReader() {
    }

    @Override
    public String format() {
        return "binary counter log";
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        return file.hasAt(0, WINDOWS_2000) || file.hasAt(0, WINDOWS_2000_BARE) || isTrace(file.head());
    }

    private static boolean isTrace(byte[] head) {
        if (head.length < BUFFER_HEADER + EVENT_HEADER + 4) {
            return false;
        }
        ByteBuffer bytes = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        int bufferSize = bytes.getInt(0);
        int marker = bytes.getInt(BUFFER_HEADER);
        int version = marker & 0xffff;
        int type = marker >>> 16;
        return bufferSize >= 0x400 && bufferSize % 0x400 == 0 && (version == 1 || version == 2) && (type == 0xc001
                || type == 0xc002)
                && bytes.getInt(BUFFER_HEADER + EVENT_HEADER) == bufferSize;
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        throw new EvidenceException(file.path(), "",
                "this is a binary counter log (.blg) or another event trace, which only Windows can read",
                "On any Windows machine run: relog \"" + file.path().getFileName()
                        + "\" -f csv -o counters.csv, and name that file instead");
    }
}
