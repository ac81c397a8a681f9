package org.poolscope.logs.evtx;

/**
 * The content of one record cannot be read; the others are not concerned. Without a stack trace: a log may hold a million of
 * them.
 */
public final class DamagedRecordException extends Exception {

    private static final long serialVersionUID = 1L;

    DamagedRecordException(String problem) {
        super(problem, null, false, false);
    }
}
