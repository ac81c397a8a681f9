package org.poolscope.dfs.server;

/** Bytes after which a connection is ended without an answer, as the protocol demands. Has no stack trace. */
final class Hangup extends Exception {

    private static final long serialVersionUID = 1L;

    /** Tells why, as a clause. */
    Hangup(String why) {
        super(why, null, false, false);
    }
}
