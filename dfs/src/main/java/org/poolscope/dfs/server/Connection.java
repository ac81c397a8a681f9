package org.poolscope.dfs.server;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One TCP connection: reads messages in the framing of direct TCP (2.1), lets the {@link Conversation} answer them, writes the
 * answers. One virtual thread reads; answers that come late are written by threads of their own.
 */
final class Connection implements Runnable {

    private static final int SESSION_MESSAGE = 0;
    private static final int READ_BUFFER = 8 << 10;

    private final Socket socket;
    private final ServerContext server;
    private final String peer;
    private final Conversation conversation;
    private final ReentrantLock talking = new ReentrantLock();
    /** When something was last read whole or written whole. */
    private volatile long lastProgress = System.nanoTime();
    private volatile boolean waitingForMore;
    private volatile boolean loggedOn;

    Connection(Socket socket, ServerContext server) {
        this.socket = socket;
        this.server = server;
        this.peer = String.valueOf(socket.getRemoteSocketAddress()).replaceFirst("^.*/", "");
        this.conversation = new Conversation(server, peer);
    }

    @Override
    public void run() {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream(), READ_BUFFER);
            OutputStream out = socket.getOutputStream();
            for (byte[] message = next(in); message != null; message = next(in)) {
                talking.lock();
                try {
                    byte[] answer = conversation.receive(message, (delay, asyncId) -> later(delay, asyncId, out));
                    loggedOn = conversation.isAnybodyLoggedOn();
                    write(out, answer);
                } finally {
                    talking.unlock();
                }
            }
        } catch (Hangup hangup) {
            server.hangup(peer + ": connection ended: " + hangup.getMessage());
        } catch (IOException e) {
            // the client went away, or was closed for its silence
        } catch (RuntimeException e) {
            server.hangup(peer + ": connection ended by an error in Poolscope itself (" + e + "); please report it");
        } finally {
            talking.lock();
            try {
                conversation.end();
            } finally {
                talking.unlock();
            }
        }
    }

    /** The next message; {@code null} at the end. */
    private byte[] next(InputStream in) throws IOException, Hangup {
        int type = in.read();
        if (type < 0) {
            return null;
        }
        waitingForMore = true;
        int length = in.read() << 16 | in.read() << 8 | in.read();
        if (length < 0) {
            return null;
        }
        if (type != SESSION_MESSAGE) {
            throw new Hangup("a message of type 0x" + Integer.toHexString(type) + ", which direct TCP does not have");
        }
        if (length > server.limits().requestBytes()) {
            throw new Hangup("a message of " + length + " bytes; " + server.limits().requestBytes() + " are taken at most");
        }
        // grows as bytes come in: what a client only announces costs nothing
        byte[] message = in.readNBytes(length);
        if (message.length < length) {
            return null;
        }
        waitingForMore = false;
        lastProgress = System.nanoTime();
        return message;
    }

    private void write(OutputStream out, byte[] answer) throws IOException {
        if (answer.length == 0) {
            return;
        }
        byte[] framed = new byte[answer.length + 4];
        framed[1] = (byte) (answer.length >> 16);
        framed[2] = (byte) (answer.length >> 8);
        framed[3] = (byte) answer.length;
        System.arraycopy(answer, 0, framed, 4, answer.length);
        waitingForMore = true;
        out.write(framed);
        waitingForMore = false;
        lastProgress = System.nanoTime();
    }

    private void later(Duration delay, long asyncId, OutputStream out) {
        Thread.startVirtualThread(() -> {
            try {
                Thread.sleep(delay);
                talking.lock();
                try {
                    write(out, conversation.finish(asyncId));
                } finally {
                    talking.unlock();
                }
            } catch (IOException | InterruptedException e) {
                // the client went away; its connection ends by itself
            }
        });
    }

    /** Closes the connection when it has been silent, or stuck in the middle of a message, for too long. */
    void closeIfIdle(long now) {
        Duration most = loggedOn && !waitingForMore ? server.limits().idle() : server.limits().idleBeforeLogon();
        if (now - lastProgress > most.toNanos()) {
            server.log(peer + ": connection ended: silent for " + most.toSeconds() + " seconds");
            close();
        }
    }

    void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // closed is closed
        }
    }
}
