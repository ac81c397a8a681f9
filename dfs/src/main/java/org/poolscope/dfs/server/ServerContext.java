package org.poolscope.dfs.server;

import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.poolscope.dfs.namespace.Namespace;
import org.poolscope.dfs.namespace.ReferralService;

/** What all connections of a server share. For several threads. */
final class ServerContext {

    private static final long UNITS_A_MILLISECOND = 10_000;
    /** From 1601 to 1970, in units of 100 nanoseconds. */
    private static final long EPOCH = 116_444_736_000_000_000L;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Namespace namespace;
    private final ReferralService referrals;
    private final ServerLimits limits;
    private final Consumer<String> log;
    private final Consumer<ServedReferral> trace;
    private final byte[] guid = random(16);
    private final long started = fileTime();
    private final Map<Long, Session> sessions = new ConcurrentHashMap<>();
    private final AtomicLong opens = new AtomicLong();
    private final AtomicInteger late = new AtomicInteger();
    private final LongAdder requests = new LongAdder();
    private final LongAdder hangups = new LongAdder();
    private final LongAdder referralRequests = new LongAdder();

    ServerContext(Namespace namespace, ReferralService referrals, ServerLimits limits, Consumer<String> log,
            Consumer<ServedReferral> trace) {
        this.namespace = namespace;
        this.referrals = referrals;
        this.limits = limits;
        this.log = log;
        this.trace = trace;
    }

    Namespace namespace() {
        return namespace;
    }

    ReferralService referrals() {
        return referrals;
    }

    ServerLimits limits() {
        return limits;
    }

    byte[] guid() {
        return guid;
    }

    long started() {
        return started;
    }

    void log(String text) {
        log.accept(text);
    }

    void hangup(String text) {
        hangups.increment();
        log(text);
    }

    long hangups() {
        return hangups.sum();
    }

    void trace(ServedReferral referral) {
        referralRequests.increment();
        trace.accept(referral);
    }

    void countRequest() {
        requests.increment();
    }

    long requests() {
        return requests.sum();
    }

    long referralRequests() {
        return referralRequests.sum();
    }

    int sessionCount() {
        return sessions.size();
    }

    /** Notes that one more answer waits; says whether it may. */
    boolean beginLate() {
        if (late.incrementAndGet() > limits.pending()) {
            late.decrementAndGet();
            return false;
        }
        return true;
    }

    void endLate() {
        late.decrementAndGet();
    }

    long nextOpen() {
        return opens.incrementAndGet();
    }

    /** Gives a session a number nobody can guess and enters it. */
    Session register(Session.Maker maker) throws Refusal {
        if (sessions.size() >= limits.sessions()) {
            log("a session is refused: there are " + limits.sessions() + " already");
            throw new Refusal(NtStatus.INSUFFICIENT_RESOURCES);
        }
        while (true) {
            // the highest bit stays clear: some tools print the number as signed
            Session session = maker.make(RANDOM.nextLong() >>> 1 | 1);
            if (sessions.putIfAbsent(session.id(), session) == null) {
                return session;
            }
        }
    }

    void forget(Session session) {
        session.end();
        sessions.remove(session.id());
    }

    /** The session of any connection with a number; {@code null} when there is none. */
    Session session(long id) {
        return sessions.get(id);
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    /** The time now as Windows counts it. */
    static long fileTime() {
        return System.currentTimeMillis() * UNITS_A_MILLISECOND + EPOCH;
    }
}
