package org.poolscope.dfs.server;

/** A request that is answered with an error status. Has no stack trace: it is an answer, not a failure of the program. */
final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    private final long status;

    Refusal(long status) {
        super(String.format("status 0x%08x", status), null, false, false);
        this.status = status;
    }

    long status() {
        return status;
    }
}
