package org.poolscope.dfs.server;

/**
 * What is answered to a request.
 *
 * @param status NTSTATUS
 * @param body what follows the header
 */
record Reply(long status, byte[] body) {

    /** An answer with success. */
    static Reply of(Wire body) {
        return new Reply(NtStatus.SUCCESS, body.toBytes());
    }

    /** An error without data (2.2.2). */
    static Reply error(long status) {
        return new Reply(status, new Wire(9).u16(9).zeros(7).toBytes());
    }

    /** The answer of the commands that have nothing to say: LOGOFF, TREE_DISCONNECT, ECHO. */
    static Reply done() {
        return of(new Wire(4).u16(4).u16(0));
    }
}
