package org.poolscope.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.poolscope.dfs.message.ReferralReply;
import org.poolscope.dfs.server.Asker;
import org.poolscope.dfs.server.HostileMessages;
import org.poolscope.dfs.server.Messages;

/**
 * Loads a running namespace server, for {@code bench/dfs-serve}: sessions that ask for referrals one after the other, and, when asked to,
 * hostile clients beside them. Prints one line of JSON.
 */
public final class NamespaceLoad {

    private static final int BUFFER = 57_344;
    private static final int HOSTILE_CLIENTS = 8;
    private static final int MESSAGES_A_CONNECTION = 50;
    private static final int MICROSECONDS_A_STEP = 20;
    private static final int STEPS = 500_000;
    private static final int CHECK_EVERY = 64;

    private final InetSocketAddress server;
    private final AtomicLongArray latencies = new AtomicLongArray(STEPS);
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();
    private final AtomicLong longest = new AtomicLong();
    private final AtomicLong hostile = new AtomicLong();
    private final AtomicLong hostileConnections = new AtomicLong();
    private final AtomicLong hangups = new AtomicLong();
    private final AtomicLong timeouts = new AtomicLong();
    /** Between two requests of a session; beside hostile clients, so that these get most of the processors. */
    private final int pauseMillis;
    private volatile boolean ended;

    private NamespaceLoad(InetSocketAddress server, int pauseMillis) {
        this.server = server;
        this.pauseMillis = pauseMillis;
    }

    /** Arguments: address, port, sessions, seconds, hostile messages (with some the seconds do not count), links, pause in ms. */
    public static void main(String[] arguments) throws Exception {
        NamespaceLoad load = new NamespaceLoad(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])),
                Integer.parseInt(arguments[6]));
        load.run(Integer.parseInt(arguments[2]), Long.parseLong(arguments[3]), Long.parseLong(arguments[4]), Integer.parseInt(arguments[5]));
    }

    private void run(int sessions, long seconds, long hostileMessages, int links) throws Exception {
        List<Asker> askers = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
            askers.add(Asker.loggedOn(server));
        }
        CountDownLatch done = new CountDownLatch(sessions);
        long began = System.nanoTime();
        for (int i = 0; i < sessions; i++) {
            int first = i;
            Thread.startVirtualThread(() -> {
                try (Asker asker = askers.get(first)) {
                    ask(asker, first, links);
                } catch (IOException e) {
                    wrong.incrementAndGet();
                } finally {
                    done.countDown();
                }
            });
        }
        if (hostileMessages > 0) {
            harass(hostileMessages);
        } else {
            Thread.sleep(seconds * 1000);
        }
        ended = true;
        done.await();
        double took = (System.nanoTime() - began) / 1e9;
        System.out.printf(java.util.Locale.ROOT, "{\"sessions\": %d, \"seconds\": %.1f, \"requests\": %d, \"perSecond\": %.0f, \"wrong\": %d, "
                + "\"p50us\": %d, \"p99us\": %d, \"p999us\": %d, \"longestus\": %d, \"hostile\": %d, \"hostileConnections\": %d, \"hangups\": %d, "
                + "\"notServed\": %d}%n", sessions, took,
                asked.get(), asked.get() / took, wrong.get(), percentile(0.5), percentile(0.99), percentile(0.999), longest.get() / 1000,
                hostile.get(), hostileConnections.get(), hangups.get(), timeouts.get());
    }

    private void ask(Asker asker, int first, int links) throws IOException {
        for (int i = first; !ended; i++) {
            int link = i * 7919 % links;
            long began = System.nanoTime();
            byte[] answer = asker.ask("\\server\\ns\\folder" + link % 100 + "\\link" + link + "\\below\\file" + i + ".txt", 3 + i % 2, BUFFER);
            long took = System.nanoTime() - began;
            latencies.incrementAndGet((int) Math.min(STEPS - 1, took / 1000 / MICROSECONDS_A_STEP));
            longest.accumulateAndGet(took, Math::max);
            asked.incrementAndGet();
            boolean right = Messages.status(answer) == 0;
            if (right && i % CHECK_EVERY == 0) {
                ReferralReply reply = ReferralReply.decode(Messages.output(answer)).message().orElseThrow();
                String consumed = "\\server\\ns\\folder" + link % 100 + "\\link" + link;
                right = reply.pathConsumed() == 2 * consumed.length() && reply.entries().size() == 2;
            }
            wrong.addAndGet(right ? 0 : 1);
            if (pauseMillis > 0) {
                pause();
            }
        }
    }

    private void pause() throws IOException {
        try {
            Thread.sleep(pauseMillis);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void harass(long messages) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < HOSTILE_CLIENTS; i++) {
            HostileMessages made = new HostileMessages(20_261_122L + i);
            threads.add(Thread.startVirtualThread(() -> {
                while (hostile.get() < messages) {
                    hostileConnections.incrementAndGet();
                    try {
                        harass(made);
                    } catch (IOException e) {
                        // no answer for a minute, or not let in
                        timeouts.incrementAndGet();
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void harass(HostileMessages made) throws IOException {
        Asker asker = Asker.loggedOn(server);
        try {
            boolean hungUp = false;
            for (int i = 0; i < MESSAGES_A_CONNECTION && !hungUp; i++) {
                hungUp = asker.sayHostile(made);
                hostile.incrementAndGet();
                hangups.addAndGet(hungUp ? 1 : 0);
            }
        } finally {
            asker.reset();
        }
    }

    private long percentile(double share) {
        long all = 0;
        for (int i = 0; i < STEPS; i++) {
            all += latencies.get(i);
        }
        long seen = 0;
        for (int i = 0; i < STEPS; i++) {
            seen += latencies.get(i);
            if (seen >= share * all) {
                return (long) (i + 1) * MICROSECONDS_A_STEP;
            }
        }
        return 0;
    }
}
