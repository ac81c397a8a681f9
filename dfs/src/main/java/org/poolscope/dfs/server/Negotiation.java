package org.poolscope.dfs.server;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The dialect of a connection and how it was agreed on (3.3.5.3, 3.3.5.4). */
final class Negotiation {

    static final int MAX_TRANSACT = 1 << 16;

    private static final int SMB1_HEADER = 32;
    private static final int SMB1_NEGOTIATE = 0x72;
    private static final int ANY_SMB2 = 0x02ff;
    private static final int SIGNING_ENABLED = 1;
    private static final int SIGNING_REQUIRED = 2;
    private static final int CAPABILITY_DFS = 1;
    private static final int CAPABILITY_LARGE_MTU = 4;
    private static final int MOST_DIALECTS = 64;
    private static final int MOST_CONTEXTS = 32;
    private static final int CONTEXT_PREAUTH = 1;
    private static final int SHA_512 = 1;
    private static final int SALT_SIZE = 32;
    private static final int FIXED = 64;

    private final ServerContext server;
    private final PreauthHash preauth = new PreauthHash();
    private Dialect dialect;
    private byte[] clientGuid = {};
    private int clientMode;
    private int clientCapabilities;

    Negotiation(ServerContext server) {
        this.server = server;
    }

    boolean isDone() {
        return dialect != null;
    }

    Dialect dialect() {
        return dialect;
    }

    PreauthHash preauth() {
        return preauth;
    }

    /** Whether the client said that it signs everything and wants everything signed. */
    boolean isSigningRequired() {
        return (clientMode & SIGNING_REQUIRED) != 0;
    }

    /**
     * Answers an SMB1 NEGOTIATE that offers SMB2 among others.
     *
     * @return the revision to answer with, for {@link #body}
     * @throws Hangup when it offers none, or is no such request
     */
    int fromSmb1(byte[] message) throws Hangup {
        if (message.length < SMB1_HEADER + 3 || message[4] != SMB1_NEGOTIATE) {
            throw new Hangup("an SMB1 request, which is not served");
        }
        int words = message[SMB1_HEADER] & 0xff;
        int text = SMB1_HEADER + 3 + 2 * words;
        String offered = text < message.length ? new String(message, text, message.length - text, StandardCharsets.ISO_8859_1) : "";
        if (offered.contains("\2SMB 2.???\0")) {
            return ANY_SMB2;
        }
        if (offered.contains("\2SMB 2.002\0")) {
            dialect = Dialect.SMB_2_0_2;
            return dialect.revision();
        }
        throw new Hangup("the client speaks SMB1 only");
    }

    /** Answers an SMB2 NEGOTIATE. */
    Reply negotiate(Request request) throws Refusal {
        int count = request.u16(2);
        if (count == 0) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        Optional<Dialect> best = best(request, Command.NEGOTIATE.fixedSize(), count);
        if (best.isEmpty()) {
            throw new Refusal(NtStatus.NOT_SUPPORTED);
        }
        if (best.get() == Dialect.SMB_3_1_1) {
            checkContexts(request);
        }
        dialect = best.get();
        clientMode = request.u16(4);
        clientCapabilities = request.s32(8);
        clientGuid = request.bytes(12, 16);
        return new Reply(NtStatus.SUCCESS, body(dialect.revision()));
    }

    private static Optional<Dialect> best(Request request, int at, int count) throws Refusal {
        if (count > MOST_DIALECTS || at + 2 * count > request.bodyLength()) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        Optional<Dialect> best = Optional.empty();
        for (int i = 0; i < count; i++) {
            Optional<Dialect> offered = Dialect.of(request.u16(at + 2 * i));
            if (offered.isPresent() && (best.isEmpty() || offered.get().isAtLeast(best.get()))) {
                best = offered;
            }
        }
        return best;
    }

    /** There must be one list of hash functions, and SHA-512 in it; other contexts offer what we leave out. */
    private static void checkContexts(Request request) throws Refusal {
        long at = request.u32(28) - Request.HEADER_SIZE;
        int count = request.u16(32);
        boolean found = false;
        if (count > MOST_CONTEXTS || at < Command.NEGOTIATE.fixedSize()) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        for (int i = 0; i < count; i++) {
            at = at + 7 & ~7L;
            if (at + 8 > request.bodyLength() || at + 8 + request.u16((int) at + 2) > request.bodyLength()) {
                throw new Refusal(NtStatus.INVALID_PARAMETER);
            }
            int length = request.u16((int) at + 2);
            if (request.u16((int) at) == CONTEXT_PREAUTH) {
                if (found) {
                    throw new Refusal(NtStatus.INVALID_PARAMETER);
                }
                found = true;
                checkHashes(request, (int) at + 8, length);
            }
            at += 8 + length;
        }
        if (!found) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
    }

    private static void checkHashes(Request request, int at, int length) throws Refusal {
        int hashes = length < 4 ? 0 : request.u16(at);
        if (hashes == 0 || 4 + 2 * hashes > length) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        for (int i = 0; i < hashes; i++) {
            if (request.u16(at + 4 + 2 * i) == SHA_512) {
                return;
            }
        }
        throw new Refusal(NtStatus.SMB_NO_PREAUTH_INTEGRITY_HASH_OVERLAP);
    }

    private int capabilities() {
        return dialect != null && dialect.isAtLeast(Dialect.SMB_2_1) ? CAPABILITY_DFS | CAPABILITY_LARGE_MTU : CAPABILITY_DFS;
    }

    /** The body of a NEGOTIATE response (2.2.4). */
    byte[] body(int revision) {
        byte[] hint = Spnego.hint();
        boolean contexts = dialect == Dialect.SMB_3_1_1;
        Wire out = new Wire(256).u16(65).u16(SIGNING_ENABLED).u16(revision).u16(contexts ? 1 : 0).bytes(server.guid());
        out.u32(capabilities()).u32(MAX_TRANSACT).u32(MAX_TRANSACT).u32(MAX_TRANSACT).u64(ServerContext.fileTime()).u64(0);
        out.u16(Request.HEADER_SIZE + FIXED).u16(hint.length).u32(0).bytes(hint);
        if (contexts) {
            out.align(8);
            out.patchU32(60, Request.HEADER_SIZE + out.length());
            out.u16(CONTEXT_PREAUTH).u16(6 + SALT_SIZE).u32(0).u16(1).u16(SALT_SIZE).u16(SHA_512).bytes(ServerContext.random(SALT_SIZE));
        }
        return out.toBytes();
    }

    /**
     * Answers FSCTL_VALIDATE_NEGOTIATE_INFO (3.3.5.15.12): the client asks, under signature, whether what was agreed on is what
     * it offered.
     *
     * @throws Hangup when somebody between changed it
     */
    byte[] validated(byte[] input) throws Refusal, Hangup {
        if (input.length < 24) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        // seen as a request whose body it is
        byte[] framed = new byte[Request.HEADER_SIZE + input.length];
        System.arraycopy(input, 0, framed, Request.HEADER_SIZE, input.length);
        Request seen = new Request(framed, 0, framed.length);
        boolean same = seen.s32(0) == clientCapabilities && Arrays.equals(seen.bytes(4, 16), clientGuid) && seen.u16(20) == clientMode
                && best(seen, 24, seen.u16(22)).equals(Optional.of(dialect));
        if (!same) {
            throw new Hangup("what was negotiated is not what the client offered: somebody changed it on the way");
        }
        return new Wire(24).u32(capabilities()).bytes(server.guid()).u16(SIGNING_ENABLED).u16(dialect.revision()).toBytes();
    }
}
