package org.poolscope.logs;

import org.poolscope.model.Fact;
import org.poolscope.model.FactSink;
import org.poolscope.model.Provenance;

/** Takes nothing: for a look at a file that only asks whether there is something in it. */
enum Ignore implements FactSink {
    /** The one there is. */
    ALL;

    @Override
    public void add(Fact fact) {
        // nobody wants it
    }

    @Override
    public void understood(int line) {
        // nobody counts
    }

    @Override
    public void warn(Provenance where, String message) {
        // said again when the file is read
    }
}
