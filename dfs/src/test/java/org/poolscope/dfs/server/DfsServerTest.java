package org.poolscope.dfs.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.poolscope.dfs.message.ReferralReply;
import org.poolscope.dfs.namespace.Fault;
import org.poolscope.dfs.namespace.NamespaceFile;

/** The server with its sockets: limits, hostile clients beside good ones, the end. */
class DfsServerTest {

    private static final ServerLimits SMALL = new ServerLimits(4, 4, 4, 4, 4, 2, 4, 4, 4096, Duration.ofHours(1), Duration.ofHours(1));

    private final List<String> refusals = Collections.synchronizedList(new ArrayList<>());
    private DfsServer server;

    private void start(ServerLimits limits, List<Fault> faults) throws Exception {
        server = DfsServer.start(new InetSocketAddress("127.0.0.1", 0), NamespaceFile.parse(Path.of("n.yaml"),
                "roots: {ns: {links: {one: {targets: '\\\\a\\x'}}}}"), faults, limits, refusals::add, referral -> { });
    }

    @AfterEach
    void end() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void connectionsAreLimited() throws Exception {
        start(SMALL, List.of());
        List<Asker> askers = new ArrayList<>();
        for (int i = 0; i < SMALL.connections(); i++) {
            askers.add(Asker.loggedOn(server.address()));
        }
        try (Asker tooMany = new Asker(server.address())) {
            assertThat(tooMany.isEnded()).isTrue();
        }
        assertThat(server.counts().turnedAway()).isEqualTo(1);
        askers.getFirst().close();
        awaitConnections(SMALL.connections() - 1);
        askers.add(Asker.loggedOn(server.address()));
        for (Asker asker : askers.subList(1, askers.size())) {
            assertThat(Messages.status(asker.ask("\\s\\ns", 4, 4096))).isZero();
            asker.close();
        }
        awaitConnections(0);
        assertThat(server.counts().sessions()).isZero();
    }

    @Test
    void longMessagesAndOtherFramesEndTheConnection() throws Exception {
        start(SMALL, List.of());
        try (Asker asker = Asker.loggedOn(server.address())) {
            asker.send(new byte[SMALL.requestBytes() + 1]);
            assertThat(asker.isEnded()).isTrue();
        }
        try (java.net.Socket socket = new java.net.Socket("127.0.0.1", server.address().getPort())) {
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        } catch (java.net.SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
        awaitConnections(0);
        assertThat(refusals).hasSize(2).anyMatch(line -> line.endsWith("a message of 4097 bytes; 4096 are taken at most"))
                .anyMatch(line -> line.contains("a message of type 0x47"));
    }

    @Test
    void silentConnectionsAreEnded() throws Exception {
        start(new ServerLimits(4, 4, 4, 4, 4, 2, 4, 4, 4096, Duration.ofHours(1), Duration.ofMillis(500)), List.of());
        try (Asker good = Asker.loggedOn(server.address()); Asker silent = new Asker(server.address())) {
            assertThat(silent.isEnded()).isTrue();
            assertThat(Messages.status(good.ask("\\s\\ns", 4, 4096))).isZero();
        }
        assertThat(refusals).hasSize(1).first().asString().endsWith("connection ended: silent for 0 seconds");
    }

    @Test
    void aSlowServerAnswersOthersMeanwhile() throws Exception {
        start(SMALL, List.of(Fault.named("slow").orElseThrow()));
        try (Asker asker = Asker.loggedOn(server.address()); Asker other = Asker.loggedOn(server.address())) {
            long began = System.nanoTime();
            asker.send(Messages.referral(4, 1, 0, "\\s\\ns", 4, 4096));
            assertThat(Messages.status(asker.receive())).isEqualTo(NtStatus.USER_SESSION_DELETED);
            Thread waiting = Thread.startVirtualThread(() -> {
                try {
                    byte[] answer = other.ask("\\s\\ns\\one", 4, 4096);
                    assertThat(ReferralReply.decode(Messages.output(answer)).isWellFormed()).isTrue();
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertThat(Messages.status(asker.exchange(Messages.plain(13, 5, 0, 0)))).isZero();
            waiting.join();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void hostileConnectionsDoNotHarmOthers() throws Exception {
        start(ServerLimits.USUAL, List.of());
        HostileMessages hostile = new HostileMessages(7);
        int said = 0;
        try (Asker good = Asker.loggedOn(server.address())) {
            for (int round = 0; round < 300; round++) {
                try (Asker bad = round % 3 == 0 ? new Asker(server.address()) : Asker.loggedOn(server.address())) {
                    for (int i = 0; i < 5 && !bad.sayHostile(hostile); i++) {
                        said++;
                    }
                }
                assertThat(Messages.status(good.ask("\\s\\ns\\one\\x", 4, 4096))).isZero();
            }
            awaitConnections(1);
            assertThat(server.counts().sessions()).isEqualTo(1);
        }
        assertThat(said).isGreaterThan(200);
        assertThat(refusals).hasSizeLessThan(2000).noneMatch(line -> line.contains("error in Poolscope"));
    }

    @Test
    void refusalsAreListedAFewASecond() {
        long[] now = {0};
        RefusalLog log = new RefusalLog(refusals::add, () -> now[0]);
        for (int i = 0; i < 1000; i++) {
            log.accept("line " + i);
        }
        now[0] = 1_000_000_000L;
        log.accept("x".repeat(1000));
        assertThat(refusals).hasSize(22).contains("line 19", "(980 more refusals not listed)").last().asString().hasSize(503);
    }

    private void awaitConnections(int wanted) throws InterruptedException {
        for (int i = 0; i < 500 && server.counts().connections() != wanted; i++) {
            Thread.sleep(10);
        }
        assertThat(server.counts().connections()).isEqualTo(wanted);
    }
}
