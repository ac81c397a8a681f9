package org.poolscope.dfs.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Mac;
import org.bouncycastle.crypto.digests.MD4Digest;
import org.bouncycastle.crypto.engines.RC4Engine;
import org.bouncycastle.crypto.params.KeyParameter;
import org.poolscope.dfs.namespace.Namespace;

/**
 * One logon by NTLM version 2 on the server's side (MS-NLMP): the client's NEGOTIATE, our CHALLENGE, the client's AUTHENTICATE.
 * Version 1 is refused.
 */
final class Ntlm {

    static final byte[] SIGNATURE = {'N', 'T', 'L', 'M', 'S', 'S', 'P', 0};

    private static final int UNICODE = 0x1;
    private static final int REQUEST_TARGET = 0x4;
    private static final int SIGN = 0x10;
    private static final int SEAL = 0x20;
    private static final int NTLM = 0x200;
    private static final int ALWAYS_SIGN = 0x8000;
    private static final int TARGET_IS_SERVER = 0x2_0000;
    private static final int EXTENDED_SECURITY = 0x8_0000;
    private static final int TARGET_INFO = 0x80_0000;
    private static final int VERSION = 0x200_0000;
    private static final int BITS_128 = 0x2000_0000;
    private static final int KEY_EXCHANGE = 0x4000_0000;
    private static final int BITS_56 = 0x8000_0000;
    private static final int OFFERED = UNICODE | REQUEST_TARGET | SIGN | SEAL | NTLM | ALWAYS_SIGN | EXTENDED_SECURITY | VERSION
            | BITS_128 | KEY_EXCHANGE | BITS_56;

    private static final int AV_END = 0;
    private static final int AV_COMPUTER = 1;
    private static final int AV_DOMAIN = 2;
    private static final int AV_DNS_COMPUTER = 3;
    private static final int AV_DNS_DOMAIN = 4;
    private static final int AV_FLAGS = 6;
    private static final int AV_TIME = 7;
    private static final int AV_FLAG_HAS_MIC = 0x2;

    private static final int CHALLENGE_FIXED = 56;
    private static final int AUTHENTICATE_FIXED = 64;
    private static final int MIC_AT = 72;
    private static final int MIC_SIZE = 16;
    private static final int PROOF_SIZE = 16;
    private static final int BLOB_NAMES_AT = 28;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Namespace namespace;
    private byte[] negotiate;
    private byte[] challenge;
    private byte[] serverChallenge;
    private int flags;

    /**
     * How a logon ended.
     *
     * @param kind what it made of the client
     * @param user the name it came with; empty for an anonymous one
     * @param sessionKey the key both sides now have; all zero unless the client is a user
     * @param flags the flags agreed on
     * @param problem why it failed, as a clause; empty when it did not
     */
    record Outcome(Kind kind, String user, byte[] sessionKey, int flags, String problem) {
    }

    /** What a logon makes of a client. */
    enum Kind {
        USER, GUEST, ANONYMOUS, FAILED
    }

    Ntlm(Namespace namespace) {
        this.namespace = namespace;
    }

    /** Whether the client's first message was answered. */
    boolean isChallenged() {
        return challenge != null;
    }

    /** Answers the client's first message. */
    byte[] challenge(byte[] negotiateMessage, long fileTime) throws Refusal {
        if (typeOf(negotiateMessage) != 1 || negotiateMessage.length < 16) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        negotiate = negotiateMessage;
        int asked = (int) u32(negotiateMessage, 12);
        if ((asked & UNICODE) == 0) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        flags = asked & OFFERED | REQUEST_TARGET | NTLM | TARGET_IS_SERVER | TARGET_INFO;
        serverChallenge = new byte[8];
        RANDOM.nextBytes(serverChallenge);
        byte[] name = utf16(namespace.server());
        byte[] names = names(fileTime);
        Wire out = new Wire(CHALLENGE_FIXED + name.length + names.length).bytes(SIGNATURE).u32(2);
        out.u16(name.length).u16(name.length).u32(CHALLENGE_FIXED).u32(flags).bytes(serverChallenge).zeros(8);
        out.u16(names.length).u16(names.length).u32(CHALLENGE_FIXED + name.length);
        // version 6.1 of NTLM revision 15 (MS-NLMP 2.2.2.10)
        out.u8(6).u8(1).u16(7600).zeros(3).u8(15);
        challenge = out.bytes(name).bytes(names).toBytes();
        return challenge.clone();
    }

    private byte[] names(long fileTime) {
        String server = namespace.server();
        Wire out = new Wire(128);
        name(out, AV_DOMAIN, server);
        name(out, AV_COMPUTER, server);
        name(out, AV_DNS_DOMAIN, server.toLowerCase(Locale.ROOT));
        name(out, AV_DNS_COMPUTER, server.toLowerCase(Locale.ROOT));
        return out.u16(AV_TIME).u16(8).u64(fileTime).u16(AV_END).u16(0).toBytes();
    }

    private static void name(Wire out, int id, String text) {
        byte[] bytes = utf16(text);
        out.u16(id).u16(bytes.length).bytes(bytes);
    }

    /** Judges the client's second message. */
    Outcome authenticate(byte[] message) throws Refusal {
        if (typeOf(message) != 3 || message.length < AUTHENTICATE_FIXED) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        byte[] lm = field(message, 12);
        byte[] nt = field(message, 20);
        String domain = new String(field(message, 28), StandardCharsets.UTF_16LE);
        String user = new String(field(message, 36), StandardCharsets.UTF_16LE);
        byte[] exchanged = field(message, 52);
        int agreed = (int) u32(message, 60) & flags;
        if (user.isEmpty() && nt.length == 0 && lm.length <= 1) {
            return namespace.guests() ? noKey(Kind.ANONYMOUS, "") : failed("", "anonymous users are not let in");
        }
        Optional<String> password = namespace.password(user);
        if (password.isEmpty()) {
            return namespace.guests() ? noKey(Kind.GUEST, user) : failed(user, "there is no such user");
        }
        if (nt.length < PROOF_SIZE + BLOB_NAMES_AT) {
            return failed(user, "the client answered with NTLM version 1, which is not taken");
        }
        byte[] owner = hmacMd5(md4(utf16(password.get())), utf16(user.toUpperCase(Locale.ROOT) + domain));
        byte[] blob = Arrays.copyOfRange(nt, PROOF_SIZE, nt.length);
        byte[] proof = hmacMd5(owner, serverChallenge, blob);
        if (!MessageDigest.isEqual(proof, Arrays.copyOf(nt, PROOF_SIZE))) {
            return failed(user, "wrong password");
        }
        byte[] key = hmacMd5(owner, proof);
        if ((agreed & KEY_EXCHANGE) != 0) {
            if (exchanged.length != key.length) {
                return failed(user, "the exchanged key has " + exchanged.length + " bytes");
            }
            key = rc4(key).apply(exchanged);
        }
        if (hasMic(blob) && !isMicRight(message, key)) {
            return failed(user, "the logon was tampered with: its message integrity code is wrong");
        }
        return new Outcome(Kind.USER, user, key, agreed, "");
    }

    private static Outcome noKey(Kind kind, String user) {
        return new Outcome(kind, user, new byte[16], 0, "");
    }

    private static Outcome failed(String user, String problem) {
        return new Outcome(Kind.FAILED, user, new byte[16], 0, problem);
    }

    private static boolean hasMic(byte[] blob) {
        int at = BLOB_NAMES_AT;
        while (at + 4 <= blob.length) {
            int id = u16(blob, at);
            int length = u16(blob, at + 2);
            if (id == AV_END) {
                return false;
            }
            if (id == AV_FLAGS && length == 4 && at + 8 <= blob.length) {
                return (u32(blob, at + 4) & AV_FLAG_HAS_MIC) != 0;
            }
            at += 4 + length;
        }
        return false;
    }

    private boolean isMicRight(byte[] message, byte[] key) {
        if (message.length < MIC_AT + MIC_SIZE) {
            return false;
        }
        byte[] claimed = Arrays.copyOfRange(message, MIC_AT, MIC_AT + MIC_SIZE);
        byte[] without = message.clone();
        Arrays.fill(without, MIC_AT, MIC_AT + MIC_SIZE, (byte) 0);
        return MessageDigest.isEqual(claimed, hmacMd5(key, negotiate, challenge, without));
    }

    /** A code over the list of mechanisms (MS-NLMP 3.4.4.2), of the first message in either direction. */
    static byte[] messageCode(Outcome logon, boolean fromServer, byte[] text) {
        String side = fromServer ? "server-to-client" : "client-to-server";
        byte[] signingKey = md5(logon.sessionKey(), ascii("session key to " + side + " signing key magic constant\0"));
        byte[] sequence = new byte[4];
        byte[] code = Arrays.copyOf(hmacMd5(signingKey, sequence, text), 8);
        if ((logon.flags() & KEY_EXCHANGE) != 0) {
            int strength = (logon.flags() & BITS_128) != 0 ? 16 : (logon.flags() & BITS_56) != 0 ? 7 : 5;
            byte[] sealingKey = md5(Arrays.copyOf(logon.sessionKey(), strength),
                    ascii("session key to " + side + " sealing key magic constant\0"));
            code = rc4(sealingKey).apply(code);
        }
        return new Wire(16).u32(1).bytes(code).bytes(sequence).toBytes();
    }

    static long typeOf(byte[] message) {
        boolean is = message.length >= 12 && Arrays.equals(Arrays.copyOf(message, SIGNATURE.length), SIGNATURE);
        return is ? u32(message, 8) : 0;
    }

    private static byte[] field(byte[] message, int at) throws Refusal {
        int length = u16(message, at);
        long offset = u32(message, at + 4);
        if (length == 0) {
            return new byte[0];
        }
        if (offset + length > message.length) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        return Arrays.copyOfRange(message, (int) offset, (int) offset + length);
    }

    private static byte[] utf16(String text) {
        return text.getBytes(StandardCharsets.UTF_16LE);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] md4(byte[] text) {
        MD4Digest digest = new MD4Digest();
        digest.update(text, 0, text.length);
        byte[] value = new byte[digest.getDigestSize()];
        digest.doFinal(value, 0);
        return value;
    }

    private static byte[] md5(byte[]... pieces) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            Arrays.stream(pieces).forEach(digest::update);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }

    private static byte[] hmacMd5(byte[] key, byte[]... pieces) {
        Mac mac = Signer.hmac("HmacMD5", key);
        Arrays.stream(pieces).forEach(mac::update);
        return mac.doFinal();
    }

    private static java.util.function.UnaryOperator<byte[]> rc4(byte[] key) {
        RC4Engine engine = new RC4Engine();
        engine.init(true, new KeyParameter(key));
        return input -> {
            byte[] output = new byte[input.length];
            engine.processBytes(input, 0, input.length, output, 0);
            return output;
        };
    }

    private static int u16(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8;
    }

    private static long u32(byte[] bytes, int at) {
        return u16(bytes, at) | (long) u16(bytes, at + 2) << 16;
    }
}
