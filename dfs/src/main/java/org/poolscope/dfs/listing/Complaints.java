package org.poolscope.dfs.listing;

import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;

/**
 * Warnings about a file's lines, the first few in full and the rest as a number: a damaged listing may have a million of them.
 */
final class Complaints {

    private static final int SHOWN = 20;

    private final FactSink sink;
    private int count;
    private Provenance last;

    Complaints(FactSink sink) {
        this.sink = sink;
    }

    void add(Provenance where, String message) {
        count++;
        last = where;
        if (count <= SHOWN) {
            sink.warn(where, message);
        }
    }

    /** Says how many were left out. */
    void close() {
        if (count > SHOWN) {
            sink.warn(last, (count - SHOWN) + " more lines with problems of this kind, up to here");
        }
    }
}
