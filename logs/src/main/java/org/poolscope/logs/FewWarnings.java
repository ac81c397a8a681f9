package org.poolscope.logs;

import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;

/** Passes on the first warnings about a file and counts the rest: a file of another kind may be wrong a million times. */
final class FewWarnings {

    private final FactSink sink;
    private final int most;
    private long said;

    FewWarnings(FactSink sink, int most) {
        this.sink = sink;
        this.most = most;
    }

    void warn(Provenance where, String message) {
        if (said++ < most) {
            sink.warn(where, message);
        }
    }

    /** Says how many were not passed on. */
    void finish(Provenance file) {
        if (said > most) {
            sink.warn(file, (said - most) + " more places are damaged in the same way");
        }
    }
}
