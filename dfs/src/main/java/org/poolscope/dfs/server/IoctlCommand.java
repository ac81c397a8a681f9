package org.poolscope.dfs.server;

import org.poolscope.dfs.namespace.ReferralAnswer;

/** IOCTL (3.3.5.15): referrals, and the check of what was negotiated. */
final class IoctlCommand {

    private static final long GET_REFERRALS = 0x0006_0194;
    private static final long GET_REFERRALS_EXTENDED = 0x0006_01b0;
    private static final long VALIDATE_NEGOTIATE = 0x0014_0204;
    private static final int IS_FSCTL = 1;
    private static final int BODY = 48;

    private final ServerContext server;
    private final Negotiation negotiation;
    private final String peer;

    /** The answer, and how long it shall wait. */
    record Answer(Reply reply, java.time.Duration delay) {
    }

    IoctlCommand(ServerContext server, Negotiation negotiation, String peer) {
        this.server = server;
        this.negotiation = negotiation;
        this.peer = peer;
    }

    Answer answer(Request request) throws Refusal, Hangup {
        if (request.u32(48) != IS_FSCTL) {
            throw new Refusal(NtStatus.NOT_SUPPORTED);
        }
        long code = request.u32(4);
        long most = request.u32(44);
        byte[] input = request.variable(request.u32(24), request.u32(28));
        if (most > Negotiation.MAX_TRANSACT || request.u32(32) > Negotiation.MAX_TRANSACT) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        boolean noFile = request.u64(8) == Request.NO_FILE && request.u64(16) == Request.NO_FILE;
        if (code == GET_REFERRALS || code == GET_REFERRALS_EXTENDED) {
            if (!noFile) {
                throw new Refusal(NtStatus.INVALID_PARAMETER);
            }
            ReferralAnswer answer = server.referrals().answer(input, code == GET_REFERRALS_EXTENDED, (int) most);
            server.trace(new ServedReferral(peer, answer.path(), answer.status(), answer.reply().length));
            boolean hasBody = answer.status() == NtStatus.SUCCESS || answer.status() == NtStatus.BUFFER_OVERFLOW;
            return new Answer(hasBody ? response(code, answer.status(), answer.reply()) : Reply.error(answer.status()), answer.delay());
        }
        if (code == VALIDATE_NEGOTIATE) {
            byte[] output = negotiation.validated(input);
            if (output.length > most) {
                throw new Refusal(NtStatus.INVALID_PARAMETER);
            }
            return new Answer(response(code, NtStatus.SUCCESS, output), java.time.Duration.ZERO);
        }
        throw new Refusal(NtStatus.INVALID_DEVICE_REQUEST);
    }

    private static Reply response(long code, long status, byte[] output) {
        Wire out = new Wire(BODY + output.length).u16(49).u16(0).u32(code).u64(Request.NO_FILE).u64(Request.NO_FILE);
        out.u32(Request.HEADER_SIZE + BODY).u32(0).u32(Request.HEADER_SIZE + BODY).u32(output.length).u32(0).u32(0).bytes(output);
        return new Reply(status, out.toBytes());
    }
}
