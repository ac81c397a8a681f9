package org.poolscope.dfs.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a client and a server and writes down what passes as a capture: Ethernet, IPv4, TCP, the server on port 445. So no
 * test needs the right to capture.
 */
final class Tap implements AutoCloseable {

    private static final int SMB_PORT = 445;
    private static final int MOST_IN_SEGMENT = 16 << 10;

    private final ServerSocket listener = new ServerSocket();
    private final InetSocketAddress server;
    private final ByteArrayOutputStream capture = new ByteArrayOutputStream();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private int connections;

    Tap(InetSocketAddress listen, InetSocketAddress server) throws IOException {
        this.server = server;
        listener.setReuseAddress(true);
        listener.bind(listen);
        capture.writeBytes(ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN).putInt(0xa1b2c3d4).putShort((short) 2)
                .putShort((short) 4).putLong(0).putInt(1 << 18).putInt(1).array());
        Thread.startVirtualThread(this::accept);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** Writes what passed so far. */
    synchronized Path write(Path file) throws IOException {
        return Files.write(file, capture.toByteArray());
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() {
        while (true) {
            try {
                Socket client = listener.accept();
                Socket there = new Socket(server.getAddress(), server.getPort());
                client.setTcpNoDelay(true);
                there.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(there);
                int[] next = {1, 1};
                int port = 40_000 + ++connections;
                Thread.startVirtualThread(() -> relay(client, there, port, 0, next));
                Thread.startVirtualThread(() -> relay(there, client, port, 1, next));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void relay(Socket from, Socket to, int clientPort, int side, int[] next) {
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[MOST_IN_SEGMENT];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                record(buffer, read, clientPort, side, next);
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // one of them went away
        }
    }

    private synchronized void record(byte[] bytes, int length, int clientPort, int side, int[] next) {
        int total = 40 + length;
        long now = System.currentTimeMillis();
        ByteBuffer frame = ByteBuffer.allocate(16 + 14 + total).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt((int) (now / 1000)).putInt((int) (now % 1000) * 1000).putInt(14 + total).putInt(14 + total);
        frame.order(ByteOrder.BIG_ENDIAN).put(new byte[12]).putShort((short) 0x0800);
        frame.put((byte) 0x45).put((byte) 0).putShort((short) total).putInt(0).put((byte) 64).put((byte) 6).putShort((short) 0);
        frame.putInt(side == 0 ? 0x0a000001 : 0x0a000002).putInt(side == 0 ? 0x0a000002 : 0x0a000001);
        frame.putShort((short) (side == 0 ? clientPort : SMB_PORT)).putShort((short) (side == 0 ? SMB_PORT : clientPort));
        frame.putInt(next[side]).putInt(next[1 - side]).put((byte) 0x50).put((byte) 0x18).putShort((short) 0xffff).putInt(0);
        frame.put(bytes, 0, length);
        next[side] += length;
        capture.writeBytes(frame.array());
    }
}
