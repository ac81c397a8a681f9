package org.poolscope.dfs.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.message.ReferralRequest;
import org.poolscope.dfs.resolve.DfsServers;

/** Servers that do not speak SMB, or do not speak at all: an answer comes in bounded time, and says what is wrong. */
@Timeout(60)
class HostileServersTest {

    private static final Duration PATIENCE = Duration.ofMillis(500);

    /** What a server does with a connection. */
    private interface Behaviour {
        void serve(Socket socket) throws Exception;
    }

    @Test
    void endsTheConnectionAtOnce() throws Exception {
        assertThat(statusOf(Socket::close)).isIn(SmbServers.CONNECTION_DISCONNECTED, DfsServers.INVALID_NETWORK_RESPONSE,
                SmbServers.IO_TIMEOUT);
    }

    @Test
    void saysNothing() throws Exception {
        assertThat(statusOf(socket -> Thread.sleep(5_000))).isEqualTo(SmbServers.IO_TIMEOUT);
    }

    @Test
    void sendsNoise() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 5; i++) {
            byte[] noise = new byte[2000];
            random.nextBytes(noise);
            assertThat(statusOf(socket -> socket.getOutputStream().write(noise))).isNotZero();
        }
    }

    @Test
    void announcesSixteenMegabytesAndSendsNone() throws Exception {
        assertThat(statusOf(socket -> {
            socket.getOutputStream().write(new byte[] {0, -1, -1, -1, (byte) 0xfe, 'S', 'M', 'B'});
            Thread.sleep(5_000);
        })).isEqualTo(SmbServers.IO_TIMEOUT);
    }

    @Test
    void isNotThere() {
        try (SmbServers servers = new SmbServers(new SmbPlaces(1), SmbLogin.anonymous(), PATIENCE)) {
            assertThat(servers.ask("127.0.0.1", new ReferralRequest(4, "\\a\\b")).status()).isEqualTo(DfsServers.BAD_NETWORK_PATH);
            assertThat(servers.open(DfsPath.of("\\no-such-host.invalid\\b\\c"))).isEqualTo(DfsServers.BAD_NETWORK_PATH);
            assertThat(servers.trouble("no-such-host.invalid").orElseThrow()).contains("looked up");
            assertThat(servers.open(DfsPath.of("\\127.0.0.1"))).isEqualTo(DfsServers.OBJECT_PATH_NOT_FOUND);
        }
    }

    private static long statusOf(Behaviour behaviour) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread server = Thread.ofVirtual().start(() -> {
                while (!listener.isClosed()) {
                    try (Socket socket = listener.accept()) {
                        behaviour.serve(socket);
                    } catch (IOException e) {
                        // the client went away, or the test is over
                    } catch (Exception e) {
                        Thread.currentThread().interrupt();
                        return;
                    }
                }
            });
            try (SmbServers servers = new SmbServers(new SmbPlaces(listener.getLocalPort()), SmbLogin.anonymous(), PATIENCE)) {
                return servers.ask("127.0.0.1", new ReferralRequest(4, "\\127.0.0.1\\dfs")).status();
            } finally {
                server.interrupt();
            }
        }
    }
}
