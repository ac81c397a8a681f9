package org.poolscope.dfs.server;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.namespace.NamespaceRoot;

/** Logging on and off (3.3.5.5, 3.3.5.6), and connecting to shares (3.3.5.7, 3.3.5.8), on one connection. */
final class SessionCommands {

    private static final int BINDING = 1;
    private static final int SIGNING_REQUIRED = 2;
    private static final int IS_GUEST = 1;
    private static final int IS_NULL = 2;
    private static final int BODY = 8;
    private static final int EXTENSION_PRESENT = 4;

    private static final int SHARE_DISK = 1;
    private static final int SHARE_PIPE = 2;
    private static final int FLAG_DFS = 1;
    private static final int FLAG_DFS_ROOT = 2;
    private static final int CAPABILITY_DFS = 8;
    /** What a guest may do with a folder: read, list, go through it (MS-DTYP 2.4.3). */
    static final int READ_ACCESS = 0x0012_00a9;
    private static final String PIPES = "IPC$";

    private final ServerContext server;
    private final Negotiation negotiation;
    private final String peer;
    private final Map<Long, Session> sessions = new HashMap<>();
    private int failures;

    SessionCommands(ServerContext server, Negotiation negotiation, String peer) {
        this.server = server;
        this.negotiation = negotiation;
        this.peer = peer;
    }

    /** The session with a number, at whatever stage; {@code null} when this connection has none. */
    Session any(long id) {
        Session session = sessions.get(id);
        if (session != null && session.isEnded()) {
            sessions.remove(id);
            return null;
        }
        return session;
    }

    boolean isAnybodyLoggedOn() {
        return !sessions.isEmpty() && sessions.values().stream().anyMatch(Session::isValid);
    }

    /** Ends all sessions. */
    void end() {
        sessions.values().forEach(server::forget);
        sessions.clear();
    }

    /**
     * SESSION_SETUP.
     *
     * @param chosen takes the session, whose number goes into the header of the response
     */
    Reply setUp(Request request, java.util.function.Consumer<Session> chosen) throws Refusal, Hangup {
        if ((request.u8(2) & BINDING) != 0) {
            throw new Refusal(NtStatus.REQUEST_NOT_ACCEPTED);
        }
        byte[] token = request.variable(request.u16(12), request.u16(14));
        Session session = request.sessionId() == 0 ? begin() : any(request.sessionId());
        if (session == null) {
            throw new Refusal(NtStatus.USER_SESSION_DELETED);
        }
        if (session.logon() == null) {
            // somebody who is logged on proves it again
            session.logon(new Logon(server.namespace()));
        }
        if (!session.isValid()) {
            session.preauth().add(request.copy());
        }
        chosen.accept(session);
        Logon.Step step;
        try {
            step = session.logon().take(token, ServerContext.fileTime());
        } catch (Refusal refusal) {
            failed(session, "", "its token is not understood");
            throw refusal;
        }
        if (step.outcome().isEmpty()) {
            return answer(NtStatus.MORE_PROCESSING_REQUIRED, 0, step.token());
        }
        return finish(request, session, step.outcome().get(), step.token());
    }

    private Session begin() throws Refusal {
        sessions.values().removeIf(Session::isEnded);
        if (sessions.size() >= server.limits().sessionsPerConnection()) {
            server.log(peer + ": a session is refused: this connection has " + sessions.size() + " already");
            throw new Refusal(NtStatus.INSUFFICIENT_RESOURCES);
        }
        Session session = server.register(id -> new Session(id, new PreauthHash(negotiation.preauth()), new Logon(server.namespace())));
        sessions.put(session.id(), session);
        return session;
    }

    private Reply finish(Request request, Session session, Ntlm.Outcome outcome, byte[] token) throws Refusal, Hangup {
        boolean again = session.isValid();
        if (outcome.kind() == Ntlm.Kind.FAILED || again && !outcome.user().equalsIgnoreCase(session.user())) {
            failed(session, outcome.user(), outcome.problem().isEmpty() ? "another user logged on before" : outcome.problem());
            throw new Refusal(NtStatus.LOGON_FAILURE);
        }
        boolean hasKey = outcome.kind() == Ntlm.Kind.USER;
        Signer signer = hasKey ? Signer.of(negotiation.dialect(), outcome.sessionKey(), session.preauth().value()) : null;
        session.become(outcome.user(), signer, negotiation.isSigningRequired() || (request.u8(3) & SIGNING_REQUIRED) != 0);
        forgetPrevious(request, session);
        return answer(NtStatus.SUCCESS, switch (outcome.kind()) {
            case GUEST -> IS_GUEST;
            case ANONYMOUS -> IS_NULL;
            default -> 0;
        }, token);
    }

    /** A client that lost its connection names the session it had, which would otherwise linger. */
    private void forgetPrevious(Request request, Session session) {
        Session previous = server.session(request.u64(16));
        if (previous != null && previous != session && previous.isValid() && session.signer() != null
                && previous.user().equalsIgnoreCase(session.user())) {
            server.forget(previous);
        }
    }

    private void failed(Session session, String user, String why) throws Hangup {
        server.log(peer + ": logon" + (user.isEmpty() ? "" : " of " + user) + " refused: " + why);
        sessions.remove(session.id());
        server.forget(session);
        if (++failures >= server.limits().failedLogons()) {
            throw new Hangup(failures + " logons failed");
        }
    }

    private static Reply answer(long status, int flags, byte[] token) {
        return new Reply(status, new Wire(BODY + token.length).u16(9).u16(flags).u16(Request.HEADER_SIZE + BODY).u16(token.length)
                .bytes(token).toBytes());
    }

    /** LOGOFF. */
    Reply logOff(Session session) {
        sessions.remove(session.id());
        server.forget(session);
        return Reply.done();
    }

    /**
     * TREE_CONNECT.
     *
     * @param chosen takes the tree, whose number goes into the header of the response
     */
    Reply connect(Request request, Session session, java.util.function.Consumer<Session.Tree> chosen) throws Refusal {
        if (negotiation.dialect() == Dialect.SMB_3_1_1 && (request.u16(2) & EXTENSION_PRESENT) != 0) {
            throw new Refusal(NtStatus.NOT_SUPPORTED);
        }
        String path = request.text(request.u16(4), request.u16(6));
        DfsPath share = DfsPath.of(path);
        boolean pipes = share.components() == 2 && share.last().equalsIgnoreCase(PIPES);
        Optional<NamespaceRoot> root = share.components() == 2 ? server.namespace().root(share.last()) : Optional.empty();
        if (!path.startsWith("\\\\") || !pipes && root.isEmpty()) {
            server.log(peer + ": " + path + " refused: there is no such root");
            throw new Refusal(NtStatus.BAD_NETWORK_NAME);
        }
        chosen.accept(session.connect(root, server.limits().treesPerSession()));
        return Reply.of(new Wire(16).u16(16).u8(pipes ? SHARE_PIPE : SHARE_DISK).u8(0).u32(pipes ? 0 : FLAG_DFS | FLAG_DFS_ROOT)
                .u32(pipes ? 0 : CAPABILITY_DFS).u32(READ_ACCESS));
    }
}
