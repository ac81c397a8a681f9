package org.poolscope.dfs.capture;

import java.util.concurrent.atomic.AtomicLong;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.EvidenceFile;
import org.poolscope.model.EvidenceReader;
import org.poolscope.model.FactSink;

/** Reads network captures: the referral exchanges in them, and a {@link CaptureSummary}. */
public final class CaptureReader implements EvidenceReader {

    /** Facts are held in memory by whoever collects them. An audit, which looks at one exchange at a time, has no such limit. */
    static final int MOST_EXCHANGES = 250_000;

    @Override
    public String format() {
        return "network capture (pcap, pcapng)";
    }

    @Override
    public boolean recognises(EvidenceFile file) {
        return ReferralCapture.recognises(file);
    }

    @Override
    public void read(EvidenceFile file, FactSink sink) throws EvidenceException {
        AtomicLong count = new AtomicLong();
        CaptureSummary summary = ReferralCapture.read(file, exchange -> {
            if (count.incrementAndGet() <= MOST_EXCHANGES) {
                sink.add(exchange);
            }
        });
        sink.add(summary);
        summary.notes().forEach(note -> sink.warn(summary.seenAt(), note));
        if (count.get() > MOST_EXCHANGES) {
            sink.warn(summary.seenAt(), "only the first " + MOST_EXCHANGES + " of " + count + " referral exchanges were kept");
        }
    }
}
