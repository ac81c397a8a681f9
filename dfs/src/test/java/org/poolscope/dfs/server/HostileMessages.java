package org.poolscope.dfs.server;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/**
 * Conversations that begin as a client's and go astray: valid messages with bits turned, fields set to extremes, cut, doubled, chained.
 * The same seed says the same.
 */
public final class HostileMessages {

    private static final int HEADER = 64;
    private static final long[] EXTREMES = {0, 1, 2, 7, 8, 63, 64, 65, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000L, 0xffffffffL};

    private final Random random;
    private Conversation conversation;
    private long next;
    private long session;
    private int root;
    private long answered;
    private long hangups;

    /** Messages that chance with this seed makes. */
    public HostileMessages(long seed) {
        random = new Random(seed);
    }

    long answered() {
        return answered;
    }

    long hangups() {
        return hangups;
    }

    /** Says the next message, on a new connection when the last one was ended. */
    void sayOne(ServerContext context, Conversation.Later later) {
        try {
            if (conversation == null) {
                conversation = new Conversation(context, "hostile");
                next = 0;
                session = 0;
                root = 0;
                for (int stage = random.nextInt(5); stage > 0; stage--) {
                    advance(later);
                }
            }
            answered += conversation.receive(mutated(valid()), later).length > 0 ? 1 : 0;
        } catch (Hangup e) {
            hangups++;
            end();
        }
    }

    void end() {
        if (conversation != null) {
            conversation.end();
            conversation = null;
        }
    }

    /** A step of a logon, as it should be. */
    private void advance(Conversation.Later later) throws Hangup {
        if (next == 0) {
            conversation.receive(random.nextBoolean() ? Messages.negotiate(next++, 0x202, 0x210) : Messages.negotiate311(next++), later);
        } else if (session == 0) {
            session = little(conversation.receive(Messages.sessionSetup(next++, 0, Messages.ntlmNegotiate()), later)).getLong(40);
        } else if (root == 0 && next == 2) {
            conversation.receive(Messages.sessionSetup(next++, session, Messages.ntlmAnonymous()), later);
        } else {
            root = little(conversation.receive(Messages.treeConnect(next++, session, "\\\\s\\ns"), later)).getInt(36);
        }
    }

    /** A message of any kind, for a connection at any stage; no message number is granted to it for sure. */
    public byte[] valid(long messageId, int tree, long sessionId) {
        return switch (random.nextInt(17)) {
            case 0 -> Messages.negotiate(messageId, 0x202, 0x210, 0x300);
            case 1 -> Messages.negotiate311(messageId);
            case 2 -> Messages.sessionSetup(messageId, random.nextBoolean() ? 0 : sessionId, Messages.ntlmNegotiate());
            case 3 -> Messages.sessionSetup(messageId, sessionId, Messages.ntlmAnonymous());
            case 4 -> Messages.treeConnect(messageId, sessionId, random.nextBoolean() ? "\\\\s\\ns" : "\\\\s\\IPC$");
            case 5 -> Messages.create(messageId, tree, sessionId, 0, random.nextBoolean() ? "" : "deep");
            case 6 -> Messages.close(messageId, tree, sessionId, 0, random.nextInt(8));
            case 7 -> Messages.queryDirectory(messageId, tree, sessionId, 0, random.nextInt(8), 4096);
            case 8 -> Messages.queryInfo(messageId, tree, sessionId, 0, random.nextInt(8), 1 + random.nextInt(2), random.nextInt(50));
            case 9, 10, 11 -> Messages.referral(messageId, tree, sessionId, "\\s\\ns\\one\\below", 1 + random.nextInt(4), 4096);
            case 12 -> Messages.ioctl(messageId, tree, sessionId, 0x140204, new byte[24 + random.nextInt(10)], 24);
            case 13 -> Messages.plain(13, messageId, 0, sessionId);
            case 14 -> Messages.plain(12, messageId, 0, sessionId);
            case 15 -> Messages.plain(random.nextBoolean() ? 2 : 4, messageId, tree, sessionId);
            default -> Messages.chain(Messages.create(messageId, tree, sessionId, 0, ""), Messages.queryDirectory(messageId + 1, tree, sessionId, 4,
                    -1, 4096), Messages.close(messageId + 2, tree, sessionId, 4, -1));
        };
    }

    private byte[] valid() {
        byte[] message = valid(next, root, session);
        next += message.length > 300 ? 3 : 1;
        return message;
    }

    /** The message with something wrong with it; one in eight stays as it is. */
    public byte[] mutated(byte[] message) {
        byte[] made = message.clone();
        for (int times = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(3); times > 0 && made.length > 0; times--) {
            // what stands in the header mostly decides whether the rest is looked at, so the body gets more of it
            int from = random.nextInt(8) == 0 ? 0 : Math.min(HEADER, made.length - 1);
            int at = from + random.nextInt(made.length - from);
            switch (random.nextInt(6)) {
                case 0 -> made[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> made[at] = (byte) random.nextInt(256);
                case 2 -> put(made, at & ~1, 2);
                case 3 -> put(made, at & ~3, 4);
                case 4 -> made = Arrays.copyOf(made, random.nextInt(4) == 0 ? random.nextInt(made.length + 1) : at + 1);
                default -> {
                    byte[] more = Arrays.copyOf(made, made.length + random.nextInt(64));
                    System.arraycopy(made, at, more, Math.min(more.length - (made.length - at), at + random.nextInt(16)), made.length - at);
                    made = more;
                }
            }
        }
        return made;
    }

    private void put(byte[] bytes, int at, int width) {
        long value = EXTREMES[random.nextInt(EXTREMES.length)];
        for (int i = 0; i < width && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (value >>> 8 * i);
        }
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
