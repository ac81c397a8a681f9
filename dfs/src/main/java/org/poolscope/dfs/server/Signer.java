package org.poolscope.dfs.server;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.macs.CMac;
import org.bouncycastle.crypto.params.KeyParameter;

/** Signs messages of one session and checks their signatures (3.1.4.1). */
abstract sealed class Signer {

    private static final int SIGNATURE_AT = 48;
    private static final int SIGNATURE_SIZE = 16;
    private static final int FLAGS_AT = 16;
    private static final int KEY_SIZE = 16;

    /** The signer of a session (3.3.5.5.3). */
    static Signer of(Dialect dialect, byte[] sessionKey, byte[] preauthHash) {
        byte[] key = Arrays.copyOf(sessionKey, KEY_SIZE);
        return switch (dialect) {
            case SMB_2_0_2, SMB_2_1 -> new Sha256Signer(key);
            case SMB_3_0, SMB_3_0_2 -> new CmacSigner(derived(key, "SMB2AESCMAC\0", "SmbSign\0".getBytes(StandardCharsets.US_ASCII)));
            case SMB_3_1_1 -> new CmacSigner(derived(key, "SMBSigningKey\0", preauthHash));
        };
    }

    /** The first 16 bytes of the code over a message whose signature is zero. */
    abstract byte[] code(byte[] message);

    /** Sets the flag and the signature of a message, which begins with the header. */
    final void sign(byte[] message) {
        message[FLAGS_AT] |= Request.FLAG_SIGNED;
        Arrays.fill(message, SIGNATURE_AT, SIGNATURE_AT + SIGNATURE_SIZE, (byte) 0);
        System.arraycopy(code(message), 0, message, SIGNATURE_AT, SIGNATURE_SIZE);
    }

    /** Whether the signature of a message is right. */
    final boolean isRight(byte[] message) {
        byte[] claimed = Arrays.copyOfRange(message, SIGNATURE_AT, SIGNATURE_AT + SIGNATURE_SIZE);
        byte[] unsigned = message.clone();
        Arrays.fill(unsigned, SIGNATURE_AT, SIGNATURE_AT + SIGNATURE_SIZE, (byte) 0);
        return MessageDigest.isEqual(claimed, Arrays.copyOf(code(unsigned), SIGNATURE_SIZE));
    }

    /** Key derivation in counter mode (3.1.4.2; NIST SP 800-108), one round: label, a zero byte, context, 128 bits. */
    static byte[] derived(byte[] key, String label, byte[] context) {
        Mac mac = hmac("HmacSHA256", key);
        mac.update(new byte[] {0, 0, 0, 1});
        mac.update(label.getBytes(StandardCharsets.US_ASCII));
        mac.update((byte) 0);
        mac.update(context);
        mac.update(new byte[] {0, 0, 0, (byte) 128});
        return Arrays.copyOf(mac.doFinal(), KEY_SIZE);
    }

    static Mac hmac(String algorithm, byte[] key) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }

    private static final class Sha256Signer extends Signer {

        private final Mac mac;

        Sha256Signer(byte[] key) {
            this.mac = hmac("HmacSHA256", key);
        }

        @Override
        byte[] code(byte[] message) {
            return mac.doFinal(message);
        }
    }

    private static final class CmacSigner extends Signer {

        private final CMac mac = new CMac(AESEngine.newInstance());

        CmacSigner(byte[] key) {
            mac.init(new KeyParameter(key));
        }

        @Override
        byte[] code(byte[] message) {
            byte[] code = new byte[mac.getMacSize()];
            mac.update(message, 0, message.length);
            mac.doFinal(code, 0);
            return code;
        }
    }
}
