package org.poolscope.dfs.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.poolscope.dfs.namespace.Fault;
import org.poolscope.dfs.namespace.Namespace;
import org.poolscope.dfs.namespace.ReferralService;

/**
 * Serves a namespace over SMB 2 and 3. It has no files, reads none and writes none; what it holds is bounded by
 * {@link ServerLimits}. Each connection has a virtual thread of its own; {@link #close} ends them all. For several threads.
 *
 * <pre>{@code
 *   try (DfsServer server = DfsServer.start(address, namespace, faults, ServerLimits.USUAL, System.err::println, referral -> { })) {
 *       ...
 *   }
 * }</pre>
 */
public final class DfsServer implements AutoCloseable {

    private static final int BACKLOG = 128;
    private static final long LOOK_ROUND_MILLIS = 5000;

    private final ServerSocket listener;
    private final ServerContext context;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final LongAdder accepted = new LongAdder();
    private final LongAdder turnedAway = new LongAdder();

    private DfsServer(ServerSocket listener, ServerContext context) {
        this.listener = listener;
        this.context = context;
    }

    /**
     * Starts a server.
     *
     * @param address where to listen; port 0 for any that is free
     * @param namespace what to serve
     * @param faults what to do wrong on purpose
     * @param limits what to hold at most
     * @param refusals takes a line for each refusal, 20 a second at most; may be called by several threads, one at a time
     * @param trace takes each referral request answered; called by several threads at once
     * @throws IOException when the address cannot be listened on
     */
    public static DfsServer start(InetSocketAddress address, Namespace namespace, Collection<Fault> faults, ServerLimits limits,
            Consumer<String> refusals, Consumer<ServedReferral> trace) throws IOException {
        ServerSocket listener = new ServerSocket();
        try {
            listener.setReuseAddress(true);
            listener.bind(address, BACKLOG);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        ServerContext context = new ServerContext(namespace, new ReferralService(namespace, faults), limits,
                new RefusalLog(refusals, System::nanoTime), trace);
        DfsServer server = new DfsServer(listener, context);
        Thread.ofPlatform().name("dfs-accept").daemon().start(server::accept);
        Thread.ofVirtual().name("dfs-idle").start(server::endIdle);
        return server;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** What it has done so far. */
    public ServerCounts counts() {
        return new ServerCounts(connections.size(), context.sessionCount(), accepted.sum(), turnedAway.sum(), context.hangups(),
                context.requests(), context.referralRequests());
    }

    /** Waits until it is closed. */
    public void await() throws InterruptedException {
        closed.await();
    }

    /** Stops listening and ends all connections. */
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            // closed is closed
        }
        closed.countDown();
        connections.forEach(Connection::close);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                take(listener.accept());
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    context.log("a connection was not accepted: " + e.getMessage());
                    pause();
                }
            }
        }
    }

    private void take(Socket socket) throws IOException {
        if (connections.size() >= context.limits().connections()) {
            turnedAway.increment();
            context.log(socket.getRemoteSocketAddress() + ": turned away: there are " + connections.size() + " connections already");
            socket.close();
            return;
        }
        accepted.increment();
        Connection connection = new Connection(socket, context);
        connections.add(connection);
        Thread.startVirtualThread(() -> {
            try {
                connection.run();
            } finally {
                connections.remove(connection);
            }
        });
        if (listener.isClosed()) {
            connection.close();
        }
    }

    /** When the machine is out of file handles, asking again at once only burns processor time. */
    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void endIdle() {
        try {
            long pause = Math.clamp(context.limits().idleBeforeLogon().toMillis(), 1, LOOK_ROUND_MILLIS);
            while (!closed.await(pause, TimeUnit.MILLISECONDS)) {
                long now = System.nanoTime();
                connections.forEach(connection -> connection.closeIfIdle(now));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
