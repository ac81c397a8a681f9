package org.poolscope.logs;

import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;

/** Passes on the first warnings about a file and counts the rest: a file of another kind may be wrong a million times. */
public final class FewWarnings {

    private final FactSink sink;
    private final int most;
    private long said;

    /** Passes on this many. */
    public FewWarnings(FactSink sink, int most) {
        this.sink = sink;
        this.most = most;
    }

    /** Passes a warning on, or only counts it. */
    public void warn(Provenance where, String message) {
        if (said++ < most) {
            sink.warn(where, message);
        }
    }

    /** Says how many were not passed on. */
    public void finish(Provenance file) {
        if (said > most) {
            sink.warn(file, (said - most) + " more places are damaged in the same way");
        }
    }
}
