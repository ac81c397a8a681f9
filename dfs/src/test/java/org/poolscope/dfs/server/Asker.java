package org.poolscope.dfs.server;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A client that logs on anonymously and asks for referrals, one after the other. */
public final class Asker implements AutoCloseable {

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final OutputStream out;
    private long messageId;
    private long sessionId;
    private int treeId;

    /** Connects; says nothing yet. */
    public Asker(InetSocketAddress server) throws IOException {
        socket.setTcpNoDelay(true);
        socket.connect(server, 10_000);
        socket.setSoTimeout(60_000);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = socket.getOutputStream();
    }

    /** Connects, logs on, connects to IPC$. */
    public static Asker loggedOn(InetSocketAddress server) throws IOException {
        Asker asker = new Asker(server);
        asker.must(asker.exchange(Messages.negotiate(asker.messageId++, 0x202, 0x210)), 0);
        byte[] challenge = asker.must(asker.exchange(Messages.sessionSetup(asker.messageId++, 0, Messages.ntlmNegotiate())), 0xc0000016L);
        asker.sessionId = little(challenge).getLong(40);
        asker.must(asker.exchange(Messages.sessionSetup(asker.messageId++, asker.sessionId, Messages.ntlmAnonymous())), 0);
        asker.treeId = little(asker.must(asker.exchange(Messages.treeConnect(asker.messageId++, asker.sessionId, "\\\\s\\IPC$")), 0))
                .getInt(36);
        return asker;
    }

    /** Asks for a referral; the final answer. */
    public byte[] ask(String path, int level, int maxOutput) throws IOException {
        return exchange(Messages.referral(messageId++, treeId, sessionId, path, level, maxOutput));
    }

    /** Says what a hostile client would say next, and waits until the server has dealt with it; whether it ended the connection. */
    public boolean sayHostile(HostileMessages hostile) throws IOException {
        byte[] message = hostile.valid(messageId, treeId, sessionId);
        messageId += message.length > 300 ? 3 : 1;
        try {
            send(hostile.mutated(message));
            long mark = messageId++;
            send(Messages.plain(13, mark, 0, 0));
            byte[] answer = receive();
            while (little(answer).getShort(12) != 13 || little(answer).getLong(24) != mark) {
                answer = receive();
            }
            return false;
        } catch (EOFException | java.net.SocketException e) {
            return true;
        }
    }

    /** Ends the connection at once, so that the machine need not remember it. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Says that it is still there. */
    public byte[] echo() throws IOException {
        return exchange(Messages.plain(13, messageId++, 0, sessionId));
    }

    /** Sends a message and takes the final answer to it. */
    public byte[] exchange(byte[] message) throws IOException {
        send(message);
        byte[] answer = receive();
        while (Messages.status(answer) == NtStatus.PENDING) {
            answer = receive();
        }
        return answer;
    }

    /** Sends bytes as a message, whatever they are. */
    public void send(byte[] message) throws IOException {
        byte[] framed = new byte[message.length + 4];
        ByteBuffer.wrap(framed).putInt(message.length).put(message);
        out.write(framed);
    }

    /** Takes the next message. */
    public byte[] receive() throws IOException {
        byte[] message = new byte[in.readInt()];
        in.readFully(message);
        return message;
    }

    /** Whether the server ended the connection. */
    public boolean isEnded() throws IOException {
        try {
            return in.read() < 0;
        } catch (EOFException | java.net.SocketException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private byte[] must(byte[] answer, long status) throws IOException {
        if (Messages.status(answer) != status) {
            throw new IOException(String.format("status 0x%08x", Messages.status(answer)));
        }
        return answer;
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
