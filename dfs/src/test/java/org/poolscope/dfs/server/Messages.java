package org.poolscope.dfs.server;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.poolscope.dfs.message.ReferralRequest;

/** Requests as a client makes them, byte by byte, for tests and measurements; written from MS-SMB2, not with the server's own code. */
public final class Messages {

    private static final int HEADER = 64;
    private static final byte[] NTLM_NEGOTIATE = {'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, 1, 0, 0, 0, 5, 2, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0};

    private Messages() {
    }

    /** A request: header and body. */
    public static byte[] request(int command, long messageId, int treeId, long sessionId, int flags, byte[] body) {
        return little(HEADER + body.length).put((byte) 0xfe).put((byte) 'S').put((byte) 'M').put((byte) 'B').putShort((short) HEADER)
                .putShort((short) 1).putInt(0).putShort((short) command).putShort((short) 64).putInt(flags).putInt(0).putLong(messageId)
                .putInt(0).putInt(treeId).putLong(sessionId).put(new byte[16]).put(body).array();
    }

    /** NEGOTIATE with dialects before 3.1.1. */
    public static byte[] negotiate(long messageId, int... dialects) {
        ByteBuffer body = little(36 + 2 * dialects.length).putShort((short) 36).putShort((short) dialects.length).putShort((short) 1)
                .putShort((short) 0).putInt(1).put(new byte[16]).putLong(0);
        Arrays.stream(dialects).forEach(dialect -> body.putShort((short) dialect));
        return request(0, messageId, 0, 0, 0, body.array());
    }

    /** NEGOTIATE for 3.1.1 alone, with its list of hash functions. */
    public static byte[] negotiate311(long messageId) {
        ByteBuffer body = little(40 + 8 + 38).putShort((short) 36).putShort((short) 1).putShort((short) 1).putShort((short) 0).putInt(1)
                .put(new byte[16]).putInt(HEADER + 40).putShort((short) 1).putShort((short) 0).putShort((short) 0x311).putShort((short) 0);
        body.putShort((short) 1).putShort((short) 38).putInt(0).putShort((short) 1).putShort((short) 32).putShort((short) 1);
        return request(0, messageId, 0, 0, 0, body.array());
    }

    /** SESSION_SETUP with a token. */
    public static byte[] sessionSetup(long messageId, long sessionId, byte[] token) {
        return request(1, messageId, 0, sessionId, 0, little(24 + token.length).putShort((short) 25).put((byte) 0).put((byte) 1).putInt(1)
                .putInt(0).putShort((short) (HEADER + 24)).putShort((short) token.length).putLong(0).put(token).array());
    }

    /** The first token of a logon by NTLM. */
    public static byte[] ntlmNegotiate() {
        return NTLM_NEGOTIATE.clone();
    }

    /** The second token of an anonymous logon. */
    public static byte[] ntlmAnonymous() {
        ByteBuffer token = little(64).put("NTLMSSP\0".getBytes(StandardCharsets.US_ASCII)).putInt(3);
        for (int i = 0; i < 6; i++) {
            token.putShort((short) 0).putShort((short) 0).putInt(64);
        }
        return token.putInt(0x80a05).array();
    }

    /** TREE_CONNECT to {@code \\server\share}. */
    public static byte[] treeConnect(long messageId, long sessionId, String path) {
        byte[] name = path.getBytes(StandardCharsets.UTF_16LE);
        return request(3, messageId, 0, sessionId, 0, little(8 + name.length).putShort((short) 9).putShort((short) 0)
                .putShort((short) (HEADER + 8)).putShort((short) name.length).put(name).array());
    }

    /** CREATE that opens a folder to read it. */
    public static byte[] create(long messageId, int treeId, long sessionId, int flags, String path) {
        byte[] name = path.getBytes(StandardCharsets.UTF_16LE);
        return request(5, messageId, treeId, sessionId, flags, little(56 + Math.max(1, name.length)).putShort((short) 57).put((byte) 0)
                .put((byte) 0).putInt(2).putLong(0).putLong(0).putInt(0x100081).putInt(0).putInt(7).putInt(1).putInt(1)
                .putShort((short) (HEADER + 56)).putShort((short) name.length).putInt(0).putInt(0).put(name).array());
    }

    /** CLOSE. */
    public static byte[] close(long messageId, int treeId, long sessionId, int flags, long open) {
        return request(6, messageId, treeId, sessionId, flags, little(24).putShort((short) 24).putShort((short) 1).putInt(0).putLong(open)
                .putLong(open).array());
    }

    /** QUERY_DIRECTORY for all names, form 37. */
    public static byte[] queryDirectory(long messageId, int treeId, long sessionId, int flags, long open, int most) {
        return request(14, messageId, treeId, sessionId, flags, little(34).putShort((short) 33).put((byte) 37).put((byte) 0).putInt(0)
                .putLong(open).putLong(open).putShort((short) (HEADER + 32)).putShort((short) 2).putInt(most).putShort((short) '*').array());
    }

    /** QUERY_INFO of a class of information about a file (type 1) or volume (type 2). */
    public static byte[] queryInfo(long messageId, int treeId, long sessionId, int flags, long open, int type, int informationClass) {
        return request(16, messageId, treeId, sessionId, flags, little(41).putShort((short) 41).put((byte) type).put((byte) informationClass)
                .putInt(65536).putShort((short) 0).putShort((short) 0).putInt(0).putInt(0).putInt(0).putLong(open).putLong(open).array());
    }

    /** IOCTL. */
    public static byte[] ioctl(long messageId, int treeId, long sessionId, int code, byte[] input, int maxOutput) {
        return request(11, messageId, treeId, sessionId, 0, little(56 + input.length).putShort((short) 57).putShort((short) 0).putInt(code)
                .putLong(-1).putLong(-1).putInt(HEADER + 56).putInt(input.length).putInt(0).putInt(0).putInt(0).putInt(maxOutput).putInt(1)
                .putInt(0).put(input).array());
    }

    /** A referral request. */
    public static byte[] referral(long messageId, int treeId, long sessionId, String path, int level, int maxOutput) {
        return ioctl(messageId, treeId, sessionId, 0x00060194, new ReferralRequest(level, path).encode(), maxOutput);
    }

    /** ECHO, LOGOFF, TREE_DISCONNECT or CANCEL, which say nothing more. */
    public static byte[] plain(int command, long messageId, int treeId, long sessionId) {
        return request(command, messageId, treeId, sessionId, 0, new byte[] {4, 0, 0, 0});
    }

    /** Requests as one message. */
    public static byte[] chain(byte[]... requests) {
        ByteBuffer all = little(Arrays.stream(requests).mapToInt(one -> one.length + 7 & ~7).sum());
        for (int i = 0; i < requests.length; i++) {
            int start = all.position();
            all.put(requests[i]);
            if (i + 1 < requests.length) {
                int next = requests[i].length + 7 & ~7;
                all.putInt(start + 20, next);
                all.position(start + next);
            }
        }
        return Arrays.copyOf(all.array(), all.position());
    }

    /** NTSTATUS of an answer, as an unsigned number. */
    public static long status(byte[] answer) {
        return ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN).getInt(8) & 0xffff_ffffL;
    }

    /** The output of an IOCTL's answer. */
    public static byte[] output(byte[] answer) {
        ByteBuffer bytes = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
        int at = bytes.getInt(HEADER + 32);
        return Arrays.copyOfRange(answer, at, at + bytes.getInt(HEADER + 36));
    }

    static ByteBuffer little(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }
}
