package org.poolscope.dfs.client;

import com.hierynomus.msdtyp.AccessMask;
import com.hierynomus.msfscc.fileinformation.FileIdBothDirectoryInformation;
import com.hierynomus.mssmb2.SMB2CreateDisposition;
import com.hierynomus.mssmb2.SMB2Dialect;
import com.hierynomus.mssmb2.SMB2FileId;
import com.hierynomus.mssmb2.SMB2ImpersonationLevel;
import com.hierynomus.mssmb2.SMB2MessageFlag;
import com.hierynomus.mssmb2.SMB2Packet;
import com.hierynomus.mssmb2.SMB2ShareAccess;
import com.hierynomus.mssmb2.SMBApiException;
import com.hierynomus.mssmb2.messages.SMB2Close;
import com.hierynomus.mssmb2.messages.SMB2CreateRequest;
import com.hierynomus.mssmb2.messages.SMB2CreateResponse;
import com.hierynomus.mssmb2.messages.SMB2IoctlRequest;
import com.hierynomus.mssmb2.messages.SMB2IoctlResponse;
import com.hierynomus.protocol.commons.socket.ProxySocketFactory;
import com.hierynomus.smbj.SMBClient;
import com.hierynomus.smbj.SmbConfig;
import com.hierynomus.smbj.common.SMBRuntimeException;
import com.hierynomus.smbj.common.SmbPath;
import com.hierynomus.smbj.connection.Connection;
import com.hierynomus.smbj.io.ArrayByteChunkProvider;
import com.hierynomus.smbj.session.Session;
import com.hierynomus.smbj.share.DiskShare;
import com.hierynomus.smbj.share.Share;
import com.hierynomus.smbj.share.TreeConnect;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.StatusCode;
import org.poolscope.dfs.message.ReferralRequest;
import org.poolscope.dfs.resolve.DfsServers;

/**
 * Live servers, over SMB2 and SMB3: referrals by FSCTL_DFS_GET_REFERRALS on IPC$ (MS-SMB2 2.2.31), paths by tree connect and
 * create. One connection and session a server, kept until closed. Nothing is written to any server. Not for several threads.
 */
public final class SmbServers implements DfsServers, AutoCloseable {

    /** NTSTATUS of a server that did not answer in time. */
    public static final long IO_TIMEOUT = 0xc000_00b5L;
    /** NTSTATUS of a server that ended the connection. */
    public static final long CONNECTION_DISCONNECTED = 0xc000_020cL;
    /** NTSTATUS of a reply that did not fit the buffer. */
    public static final long BUFFER_OVERFLOW = 0x8000_0005L;

    /** A client offers 4 KB for a reply at first, and doubles that up to 56 KB (MS-DFSC 3.1.5.4.3, product behaviour). */
    static final int FIRST_BUFFER = 4096;
    static final int LARGEST_BUFFER = 56 * 1024;

    private static final long FSCTL_DFS_GET_REFERRALS = 0x0006_0194L;
    private static final long FSCTL_DFS_GET_REFERRALS_EX = 0x0006_01b0L;
    private static final byte[] ALL_ONES = {-1, -1, -1, -1, -1, -1, -1, -1};
    /** Logon failure, account restriction, password expired, account disabled, password must change, account locked out. */
    private static final Set<Long> LOGON_FAILURES = Set.of(0xc000_006dL, 0xc000_006eL, 0xc000_0071L, 0xc000_0072L, 0xc000_0224L, 0xc000_0234L);
    /** {@code com.hierynomus.smbj.auth.NtlmSealer@1b2c3d}, with the word before it that leads to it. */
    private static final Pattern CLASS_NAME = Pattern.compile("(?:(?: using| class)? )?\\b(?:[a-z]\\w*\\.)+[A-Z][\\w$]*(?:@[0-9a-f]+)?|\\b[A-Z][\\w$]*@[0-9a-f]{4,}");
    /** How long a server that could not be reached is not tried again. */
    private static final long PATIENCE_MILLIS = 10_000;

    private final SmbPlaces places;
    private final SmbLogin login;
    private final Duration timeout;
    private final Map<String, Host> hosts = new HashMap<>();

    /** A server in use, or one that could not be reached lately. */
    private static final class Host {
        private SMBClient client;
        private Connection connection;
        private Session session;
        private long failure;
        private String reason = "";
        private long failedAt;
    }

    /** A request that a server did not answer as wanted. */
    private static final class Refused extends Exception {

        private static final long serialVersionUID = 1L;
        private final long status;

        Refused(long status, String reason, Throwable cause) {
            super(reason, cause);
            this.status = status;
        }
    }

    /**
     * What a share is to a client.
     *
     * @param status NTSTATUS of the tree connect
     * @param isDfs whether the server marks it as a part of a namespace (SMB2_SHARE_CAP_DFS)
     */
    public record ShareState(long status, boolean isDfs) {
    }

    /**
     * Access to servers.
     *
     * @param places where they are
     * @param login as whom
     * @param timeout how long to wait for a connection and for each answer
     */
    public SmbServers(SmbPlaces places, SmbLogin login, Duration timeout) {
        this.places = places;
        this.login = login;
        this.timeout = timeout;
    }

    private SmbConfig.Builder config() {
        int millis = (int) Math.max(1, Math.min(Integer.MAX_VALUE, timeout.toMillis()));
        return SmbConfig.builder().withDfsEnabled(false).withSocketFactory(new ProxySocketFactory(millis))
                .withTimeout(millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public Answer ask(String host, ReferralRequest request) {
        for (int buffer = FIRST_BUFFER;; buffer = Math.min(2 * buffer, LARGEST_BUFFER)) {
            Answer answer = exchange(host, request, buffer);
            if (answer.status() != BUFFER_OVERFLOW || buffer == LARGEST_BUFFER) {
                return answer.status() == SUCCESS ? answer : new Answer(answer.status(), new byte[0]);
            }
        }
    }

    /**
     * Asks a server for a referral once, with a buffer of a given size. The answer holds whatever the server sent with its status.
     *
     * @param buffer bytes the reply may have, up to 65,536
     */
    public Answer exchange(String host, ReferralRequest request, int buffer) {
        return exchange(host, request.extended(), request.encode(), buffer);
    }

    /** The same with the bytes of a request, which need not be well-formed. */
    Answer exchange(String host, boolean extended, byte[] request, int buffer) {
        try {
            Session session = session(host);
            Share pipes = share(session, "IPC$");
            SMB2IoctlRequest message = new SMB2IoctlRequest(dialect(session), session.getSessionId(),
                    pipes.getTreeConnect().getTreeId(), extended ? FSCTL_DFS_GET_REFERRALS_EX : FSCTL_DFS_GET_REFERRALS,
                    new SMB2FileId(ALL_ONES, ALL_ONES), new ArrayByteChunkProvider(request, 0), true, buffer);
            SMB2Packet answer = send(session, message);
            byte[] reply = answer instanceof SMB2IoctlResponse response && response.getOutputBuffer() != null
                    ? response.getOutputBuffer() : new byte[0];
            return new Answer(answer.getHeader().getStatusCode(), reply);
        } catch (Refused refused) {
            forgetIfBroken(host, refused);
            return new Answer(refused.status, new byte[0]);
        }
    }

    @Override
    public long open(DfsPath path) {
        if (path.components() < 2) {
            return OBJECT_PATH_NOT_FOUND;
        }
        String host = path.component(0);
        try {
            Session session = session(host);
            Share share = share(session, path.component(1));
            return share instanceof DiskShare ? create(session, share.getTreeConnect(), path) : SUCCESS;
        } catch (Refused refused) {
            forgetIfBroken(host, refused);
            return refused.status;
        }
    }

    /** Connects to a share, to see what the server says of it. */
    public ShareState share(String host, String share) {
        try {
            return new ShareState(SUCCESS, share(session(host), share).getTreeConnect().isDfsShare());
        } catch (Refused refused) {
            forgetIfBroken(host, refused);
            return new ShareState(refused.status, false);
        }
    }

    /** The names of folders at the top of a share, where links of a namespace show up; none when it cannot be listed. */
    public List<String> folders(String host, String share) {
        try {
            List<String> names = new ArrayList<>();
            if (share(session(host), share) instanceof DiskShare disk) {
                for (FileIdBothDirectoryInformation entry : disk.list("")) {
                    boolean folder = (entry.getFileAttributes() & 0x10) != 0;
                    if (folder && !entry.getFileName().equals(".") && !entry.getFileName().equals("..")) {
                        names.add(entry.getFileName());
                    }
                }
            }
            return names;
        } catch (Refused refused) {
            forgetIfBroken(host, refused);
            return List.of();
        } catch (SMBRuntimeException e) {
            return List.of();
        }
    }

    /** Whether a status says that the user, or the password, is not let in. */
    static boolean isLogonFailure(long status) {
        return LOGON_FAILURES.contains(status);
    }

    /** Why a server could not be reached; empty when it could, or was not tried. */
    public Optional<String> trouble(String host) {
        Host known = hosts.get(key(host));
        return known == null || known.reason.isEmpty() ? Optional.empty() : Optional.of(known.reason);
    }

    /** What was agreed on with a server, such as {@code SMB_3_1_1}; empty when it is not connected. */
    public Optional<String> dialect(String host) {
        Host known = hosts.get(key(host));
        return known == null || known.session == null ? Optional.empty() : Optional.of(dialect(known.session).name());
    }

    @Override
    public void close() {
        hosts.values().forEach(SmbServers::drop);
        hosts.clear();
    }

    /**
     * Opens what a path names, without wish to read or write it. On a share that is part of a namespace the name is the whole
     * path without the leading backslash, and the message says so (MS-SMB2 2.2.13, 3.2.4.3).
     */
    private long create(Session session, TreeConnect tree, DfsPath path) throws Refused {
        boolean dfs = tree.isDfsShare();
        String name = dfs ? path.toString().substring(1) : path.below(2);
        SMB2CreateRequest message = new SMB2CreateRequest(dialect(session), session.getSessionId(), tree.getTreeId(),
                SMB2ImpersonationLevel.Impersonation, EnumSet.of(AccessMask.FILE_READ_ATTRIBUTES), null, SMB2ShareAccess.ALL,
                SMB2CreateDisposition.FILE_OPEN, null, new SmbPath(path.component(0), path.component(1), name));
        if (dfs) {
            message.getHeader().setFlag(SMB2MessageFlag.SMB2_FLAGS_DFS_OPERATIONS);
        }
        SMB2Packet answer = send(session, message);
        if (answer.isSuccess() && answer instanceof SMB2CreateResponse response) {
            send(session, new SMB2Close(dialect(session), session.getSessionId(), tree.getTreeId(), response.getFileId()));
        }
        return answer.getHeader().getStatusCode();
    }

    private SMB2Packet send(Session session, SMB2Packet message) throws Refused {
        try {
            Future<SMB2Packet> answer = session.send(message);
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused(IO_TIMEOUT, "interrupted", e);
        } catch (TimeoutException | ExecutionException | IOException | SMBRuntimeException e) {
            throw refused(e);
        }
    }

    private static SMB2Dialect dialect(Session session) {
        return session.getConnection().getNegotiatedProtocol().getDialect();
    }

    private static Share share(Session session, String name) throws Refused {
        try {
            return session.connectShare(name);
        } catch (SMBRuntimeException e) {
            throw refused(e);
        }
    }

    private Session session(String host) throws Refused {
        Host known = hosts.computeIfAbsent(key(host), any -> new Host());
        if (known.session != null && known.connection.isConnected()) {
            return known.session;
        }
        drop(known);
        long now = System.nanoTime() / 1_000_000;
        if (!known.reason.isEmpty() && now - known.failedAt < PATIENCE_MILLIS) {
            throw new Refused(known.failure, known.reason, null);
        }
        SmbPlaces.Place place = places.of(host);
        try {
            logOn(known, place, false);
            known.reason = "";
            return known.session;
        } catch (IOException | RuntimeException e) {
            Refused refused = refused(e);
            drop(known);
            known.failure = refused.status;
            known.reason = refused.getMessage();
            known.failedAt = now;
            throw refused;
        }
    }

    /**
     * Connects and logs on. Each server has an smbj client of its own, since one client takes two servers at one address, on different
     * ports, for one that changed.
     *
     * @param older without SMB 3: for anonymous sessions at servers that do not mark them as such, where smbj looks for keys that SMB 3
     *     has and nobody made
     */
    private void logOn(Host host, SmbPlaces.Place place, boolean older) throws IOException {
        SmbConfig.Builder config = older ? config().withDialects(SMB2Dialect.SMB_2_1, SMB2Dialect.SMB_2_0_2) : config();
        host.client = new SMBClient(config.build());
        host.connection = host.client.connect(place.address(), place.port());
        try {
            host.session = host.connection.authenticate(login.context());
        } catch (NullPointerException e) {
            if (!login.isAnonymous() || older) {
                throw e;
            }
            drop(host);
            logOn(host, place, true);
        }
    }

    /** A connection that no longer answers in time, or at all, is made anew for the next request. */
    private void forgetIfBroken(String host, Refused refused) {
        Host known = hosts.get(key(host));
        if (known != null && known.session != null
                && (refused.status == IO_TIMEOUT || refused.status == CONNECTION_DISCONNECTED || !known.connection.isConnected())) {
            drop(known);
        }
    }

    private static void drop(Host host) {
        if (host.connection != null) {
            try {
                host.connection.close(true);
            } catch (IOException | RuntimeException e) {
                // it was to be closed, and is of no more use in any case
                host.connection = null;
            }
        }
        if (host.client != null) {
            host.client.close();
        }
        host.client = null;
        host.connection = null;
        host.session = null;
    }

    /** The NTSTATUS a program would get, from whatever smbj throws: the first cause that tells. */
    private static Refused refused(Exception thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case SMBApiException api when api.getStatusCode() != 0 -> {
                    String status = StatusCode.text(api.getStatusCode());
                    return new Refused(api.getStatusCode(), isLogonFailure(api.getStatusCode()) ? "it refused the logon, " + status : status, thrown);
                }
                case java.net.SocketTimeoutException e -> {
                    return new Refused(BAD_NETWORK_PATH, "no connection in time", thrown);
                }
                case TimeoutException e -> {
                    return new Refused(IO_TIMEOUT, "no answer in time", thrown);
                }
                case java.net.UnknownHostException e -> {
                    return new Refused(BAD_NETWORK_PATH, "the name " + e.getMessage() + " cannot be looked up", thrown);
                }
                case java.net.ConnectException e -> {
                    return new Refused(BAD_NETWORK_PATH, String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT), thrown);
                }
                case java.net.NoRouteToHostException e -> {
                    return new Refused(BAD_NETWORK_PATH, "no route to the host", thrown);
                }
                case java.io.EOFException e -> {
                    return new Refused(CONNECTION_DISCONNECTED, "the server ended the connection", thrown);
                }
                case java.net.SocketException e -> {
                    return new Refused(CONNECTION_DISCONNECTED, "the connection broke: " + e.getMessage(), thrown);
                }
                default -> {
                    // its cause may tell
                }
            }
        }
        return new Refused(INVALID_NETWORK_RESPONSE, "its answer is none that SMB 2 or 3 allows (" + plain(thrown.getMessage()) + ")", thrown);
    }

    /** What a library says, without the names of its classes: they tell nothing to whoever asks a server. */
    static String plain(String message) {
        String text = message == null ? "" : CLASS_NAME.matcher(message).replaceAll("").replaceAll("\\s+", " ").strip();
        return text.isEmpty() ? "no reason given" : text;
    }

    private static String key(String host) {
        return host.toLowerCase(Locale.ROOT);
    }
}
