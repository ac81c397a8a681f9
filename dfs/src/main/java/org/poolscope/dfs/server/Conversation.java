package org.poolscope.dfs.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The protocol on one connection: messages in, messages out, no sockets and no threads. Whatever comes in, it answers, refuses, or
 * ends the connection; it never fails. Not for several threads at a time.
 *
 * <p>Each message is a chain of one request or more (3.3.5.2.7). A request is checked from the outside in: place in the chain,
 * message number, session, signature, share, open folder; then its command is carried out.
 */
final class Conversation {

    private static final int SMB1 = 0xff;
    private static final int SMB2 = 0xfe;
    private static final int ENCRYPTED = 0xfd;
    private static final int MOST_IN_CHAIN = 32;
    private static final int HEADER_SIZE = Request.HEADER_SIZE;

    private final ServerContext server;
    private final Negotiation negotiation;
    private final SessionCommands sessions;
    private final FolderCommands folders;
    private final IoctlCommand ioctl;
    private final CreditWindow credits = new CreditWindow();
    private final Map<Long, Late> late = new HashMap<>();
    private long lastAsync;
    private boolean began;

    /** Takes answers that shall be sent later. */
    @FunctionalInterface
    interface Later {

        /** The answer with this number shall be asked for ({@link Conversation#finish}) and sent after a time. */
        void after(Duration delay, long asyncId);
    }

    /** An answer that waits. */
    private record Late(Request request, Session session, Reply reply) {
    }

    /** What one request of a chain hands to the next (3.3.5.2.7.2). */
    private static final class Chain {
        private long session;
        private int tree;
        private long open = Request.NO_FILE;
        private long status;
        private boolean hasPrevious;
    }

    /** A request on its way, with what was found for it. */
    private static final class Step {
        private final Request request;
        private final Chain chain;
        private Session session;
        private long sessionId;
        private int treeId;
        private boolean sign;
        private long asyncId;

        Step(Request request, Chain chain) {
            this.request = request;
            this.chain = chain;
            boolean related = request.has(Request.FLAG_RELATED) && chain.hasPrevious;
            this.sessionId = related ? chain.session : request.sessionId();
            this.treeId = related ? chain.tree : request.treeId();
        }

        boolean isRelated() {
            return request.has(Request.FLAG_RELATED) && chain.hasPrevious;
        }
    }

    Conversation(ServerContext server, String peer) {
        this.server = server;
        this.negotiation = new Negotiation(server);
        this.sessions = new SessionCommands(server, negotiation, peer);
        this.folders = new FolderCommands(server);
        this.ioctl = new IoctlCommand(server, negotiation, peer);
    }

    boolean isAnybodyLoggedOn() {
        return sessions.isAnybodyLoggedOn();
    }

    /** Ends all sessions; nothing may be received afterwards. */
    void end() {
        sessions.end();
        List.copyOf(late.keySet()).forEach(this::takeLate);
    }

    /**
     * Takes a message.
     *
     * @return the answer; empty when there is nothing to answer
     * @throws Hangup when the connection must be ended without an answer
     */
    byte[] receive(byte[] message, Later later) throws Hangup {
        int kind = message.length < 4 || message[1] != 'S' || message[2] != 'M' || message[3] != 'B' ? 0 : message[0] & 0xff;
        return switch (kind) {
            case SMB2 -> chain(message, later);
            case SMB1 -> smb1(message);
            case ENCRYPTED -> throw new Hangup("an encrypted message; encryption was not agreed on");
            default -> throw new Hangup("a message that is not SMB2");
        };
    }

    private byte[] smb1(byte[] message) throws Hangup {
        if (began) {
            throw new Hangup("SMB1 after SMB2");
        }
        int revision = negotiation.fromSmb1(message);
        began = true;
        credits.use(0, 1);
        byte[] body = negotiation.body(revision);
        return header(Command.NEGOTIATE.ordinal(), 0, NtStatus.SUCCESS, credits.grant(1), Request.FLAG_RESPONSE, 0, body.length)
                .u32(0).u32(0).u64(0).zeros(16).bytes(body).toBytes();
    }

    private byte[] chain(byte[] message, Later later) throws Hangup {
        List<byte[]> answers = new ArrayList<>(1);
        Chain chain = new Chain();
        int start = 0;
        for (int count = 0; start >= 0; count++) {
            if (count >= MOST_IN_CHAIN || message.length - start < HEADER_SIZE) {
                throw new Hangup(count >= MOST_IN_CHAIN ? "a chain of more than " + MOST_IN_CHAIN + " requests" : "a message cut short");
            }
            long next = new Request(message, start, message.length).nextCommand();
            if (next != 0 && (next < HEADER_SIZE || next % 8 != 0 || next > message.length - start - HEADER_SIZE)) {
                throw new Hangup("a chain whose next request is not in the message");
            }
            Request request = new Request(message, start, next == 0 ? message.length : start + (int) next);
            if (!request.isSmb2() || request.has(Request.FLAG_RESPONSE)) {
                throw new Hangup("a chain with something that is no request");
            }
            byte[] answer = answer(new Step(request, chain), next == 0 && count == 0 ? later : null, next == 0);
            if (answer.length > 0) {
                answers.add(answer);
            }
            start = next == 0 ? -1 : start + (int) next;
        }
        return join(answers);
    }

    private static byte[] join(List<byte[]> answers) {
        if (answers.size() == 1) {
            return answers.getFirst();
        }
        Wire out = new Wire(answers.stream().mapToInt(answer -> answer.length).sum());
        answers.forEach(out::bytes);
        return out.toBytes();
    }

    /** The answer to one request, signed, with room up to the next one; empty when there is none. */
    private byte[] answer(Step step, Later later, boolean isLast) throws Hangup {
        Request request = step.request;
        server.countRequest();
        if (request.command() == Command.CANCEL) {
            return cancel(request);
        }
        int charge = negotiation.isDone() && negotiation.dialect() == Dialect.SMB_2_0_2 ? 1 : request.creditCharge();
        if (!credits.use(request.messageId(), charge)) {
            throw new Hangup("message number " + Long.toUnsignedString(request.messageId()) + " was not granted, or was used before");
        }
        Reply reply;
        try {
            reply = carryOut(step, later);
        } catch (Refusal refusal) {
            reply = Reply.error(refusal.status());
        }
        remember(step, reply);
        if (step.asyncId != 0) {
            return interim(step);
        }
        return finished(step, reply, isLast);
    }

    private static void remember(Step step, Reply reply) {
        Chain chain = step.chain;
        chain.session = step.sessionId;
        chain.tree = step.treeId;
        chain.status = reply.status();
        chain.hasPrevious = true;
    }

    private byte[] finished(Step step, Reply reply, boolean isLast) {
        Request request = step.request;
        int flags = Request.FLAG_RESPONSE | (step.isRelated() ? Request.FLAG_RELATED : 0);
        Wire out = header(request.commandCode(), request.creditCharge(), reply.status(), credits.grant(request.creditRequest()), flags,
                request.messageId(), reply.body().length);
        out.u32(0).u32(step.treeId).u64(step.sessionId).zeros(16).bytes(reply.body());
        if (!isLast) {
            out.align(8);
            out.patchU32(20, out.length());
        }
        byte[] answer = out.toBytes();
        if (request.command() == Command.NEGOTIATE && negotiation.dialect() == Dialect.SMB_3_1_1) {
            negotiation.preauth().add(answer);
        }
        boolean moreToSay = reply.status() == NtStatus.MORE_PROCESSING_REQUIRED;
        if (moreToSay && step.session != null && !step.session.isValid()) {
            step.session.preauth().add(answer);
        }
        if (step.sign && !moreToSay && step.session != null && step.session.signer() != null) {
            step.session.signer().sign(answer);
        }
        return answer;
    }

    private static Wire header(int command, int charge, long status, int granted, int flags, long messageId, int bodyLength) {
        return new Wire(HEADER_SIZE + bodyLength + 8).u8(SMB2).u8('S').u8('M').u8('B').u16(HEADER_SIZE).u16(charge).u32(status)
                .u16(command).u16(granted).u32(flags).u32(0).u64(messageId);
    }

    private Reply carryOut(Step step, Later later) throws Refusal, Hangup {
        Request request = step.request;
        Command command = request.command();
        if (command == null || !request.isSound()) {
            if (!began) {
                throw new Hangup("a first message that is no NEGOTIATE");
            }
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        if (command == Command.NEGOTIATE) {
            return negotiate(request);
        }
        if (!negotiation.isDone()) {
            throw new Hangup("a first request that is no NEGOTIATE");
        }
        checkSession(step, command);
        return switch (command) {
            case SESSION_SETUP -> setUp(step);
            case ECHO -> Reply.done();
            case LOGOFF -> sessions.logOff(step.session);
            case TREE_CONNECT -> sessions.connect(request, step.session, tree -> step.treeId = tree.id());
            default -> inTree(step, command, later);
        };
    }

    private Reply negotiate(Request request) throws Refusal, Hangup {
        if (negotiation.isDone()) {
            throw new Hangup("a second NEGOTIATE");
        }
        began = true;
        Reply reply = negotiation.negotiate(request);
        if (negotiation.dialect() == Dialect.SMB_3_1_1) {
            negotiation.preauth().add(request.copy());
        }
        return reply;
    }

    /** Finds the session and checks the signature (3.3.5.2.4, 3.3.5.2.9). */
    private void checkSession(Step step, Command command) throws Refusal {
        Request request = step.request;
        boolean needed = command != Command.SESSION_SETUP && command != Command.ECHO;
        step.session = step.sessionId == 0 ? null : sessions.any(step.sessionId);
        if (step.isRelated() && needed && step.chain.status != NtStatus.SUCCESS && step.session == null) {
            throw new Refusal(step.chain.status);
        }
        if (needed && (step.session == null || !step.session.isValid())) {
            throw new Refusal(NtStatus.USER_SESSION_DELETED);
        }
        if (step.session == null || step.session.signer() == null) {
            return;
        }
        if (request.has(Request.FLAG_SIGNED)) {
            if (!step.session.signer().isRight(request.copy())) {
                throw new Refusal(NtStatus.ACCESS_DENIED);
            }
            step.sign = true;
        } else if (needed && (step.session.isSigningRequired()
                // in 3.1.1 a user's first request proves that nobody changed the negotiation (3.3.5.7)
                || command == Command.TREE_CONNECT && negotiation.dialect() == Dialect.SMB_3_1_1)) {
            throw new Refusal(NtStatus.ACCESS_DENIED);
        }
    }

    private Reply setUp(Step step) throws Refusal, Hangup {
        boolean[] wasValid = {false};
        Reply reply = sessions.setUp(step.request, session -> {
            wasValid[0] = session.isValid();
            step.session = session;
            step.sessionId = session.id();
        });
        // the last answer of a logon is signed with the key it made, so that the client knows who answered
        step.sign |= !wasValid[0];
        return reply;
    }

    private Reply inTree(Step step, Command command, Later later) throws Refusal, Hangup {
        Request request = step.request;
        if (step.isRelated() && step.chain.status != NtStatus.SUCCESS && step.chain.open == Request.NO_FILE) {
            // what the requests before this one should have opened is not there
            throw new Refusal(step.chain.status);
        }
        Session.Tree tree = step.session.tree(step.treeId);
        return switch (command) {
            case TREE_DISCONNECT -> {
                step.session.disconnect(tree);
                yield Reply.done();
            }
            case CREATE -> {
                step.chain.open = Request.NO_FILE;
                yield folders.create(request, step.session, tree, open -> step.chain.open = open.id());
            }
            case IOCTL -> ioctl(step, later);
            case CLOSE -> folders.close(request, step.session, opened(step, tree, 8));
            case QUERY_INFO -> folders.queryInfo(request, opened(step, tree, 24));
            case QUERY_DIRECTORY -> folders.queryDirectory(request, opened(step, tree, 8));
            case FLUSH -> refuse(opened(step, tree, 8), NtStatus.ACCESS_DENIED);
            case READ -> refuse(opened(step, tree, 16), NtStatus.INVALID_DEVICE_REQUEST);
            case WRITE -> refuse(opened(step, tree, 16), NtStatus.ACCESS_DENIED);
            case LOCK -> refuse(opened(step, tree, 8), NtStatus.INVALID_DEVICE_REQUEST);
            case CHANGE_NOTIFY -> refuse(opened(step, tree, 8), NtStatus.NOT_SUPPORTED);
            case SET_INFO -> refuse(opened(step, tree, 16), NtStatus.ACCESS_DENIED);
            default -> throw new Refusal(NtStatus.INVALID_PARAMETER);
        };
    }

    /** What is open under the identifier in the request; in a chain, what an earlier request opened. */
    private static Session.Open opened(Step step, Session.Tree tree, int at) throws Refusal {
        long persistent = step.request.u64(at);
        long volatileId = step.request.u64(at + 8);
        boolean previous = step.isRelated() && persistent == Request.NO_FILE && volatileId == Request.NO_FILE;
        return previous ? step.session.opened(tree, step.chain.open, step.chain.open)
                : step.session.opened(tree, persistent, volatileId);
    }

    /** A folder that is open can do this no more than one that is not. */
    private static Reply refuse(Session.Open open, long status) throws Refusal {
        throw new Refusal(open == null ? NtStatus.FILE_CLOSED : status);
    }

    private Reply ioctl(Step step, Later later) throws Refusal, Hangup {
        IoctlCommand.Answer answer = ioctl.answer(step.request);
        if (answer.delay().isZero() || later == null) {
            // inside a chain nothing can come late, for the next request would have to wait too
            return answer.reply();
        }
        if (late.size() >= server.limits().pendingPerConnection() || !server.beginLate()) {
            throw new Refusal(NtStatus.INSUFFICIENT_RESOURCES);
        }
        step.asyncId = ++lastAsync;
        late.put(step.asyncId, new Late(step.request.headerOnly(), step.sign ? step.session : null, answer.reply()));
        later.after(answer.delay(), step.asyncId);
        return answer.reply();
    }

    /** Says that the answer will come (3.3.4.2); never signed. */
    private byte[] interim(Step step) {
        byte[] body = Reply.error(NtStatus.PENDING).body();
        Request request = step.request;
        return header(request.commandCode(), request.creditCharge(), NtStatus.PENDING, credits.grant(request.creditRequest()),
                Request.FLAG_RESPONSE | Request.FLAG_ASYNC, request.messageId(), body.length)
                .u64(step.asyncId).u64(request.sessionId()).zeros(16).bytes(body).toBytes();
    }

    /** The answer that waited under a number; empty when it was cancelled. */
    byte[] finish(long asyncId) {
        Late waiting = takeLate(asyncId);
        return waiting == null ? new byte[0] : lateAnswer(waiting, asyncId, waiting.reply());
    }

    private static byte[] lateAnswer(Late waiting, long asyncId, Reply reply) {
        Request request = waiting.request();
        byte[] answer = header(request.commandCode(), request.creditCharge(), reply.status(), 0,
                Request.FLAG_RESPONSE | Request.FLAG_ASYNC, request.messageId(), reply.body().length)
                .u64(asyncId).u64(request.sessionId()).zeros(16).bytes(reply.body()).toBytes();
        if (waiting.session() != null) {
            waiting.session().signer().sign(answer);
        }
        return answer;
    }

    /** CANCEL (3.3.5.16) has no answer of its own. */
    private byte[] cancel(Request request) {
        if (!request.has(Request.FLAG_ASYNC)) {
            return new byte[0];
        }
        Late waiting = late.get(request.asyncId());
        if (waiting == null || waiting.request().sessionId() != request.sessionId()) {
            return new byte[0];
        }
        takeLate(request.asyncId());
        return lateAnswer(waiting, request.asyncId(), Reply.error(NtStatus.CANCELLED));
    }

    private Late takeLate(long asyncId) {
        Late waiting = late.remove(asyncId);
        if (waiting != null) {
            server.endLate();
        }
        return waiting;
    }
}
