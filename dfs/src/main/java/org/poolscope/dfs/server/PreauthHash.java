package org.poolscope.dfs.server;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The running SHA-512 over the messages before a session is made, which its keys depend on (3.1.4.4.1). */
final class PreauthHash {

    private byte[] value = new byte[64];

    PreauthHash() {
    }

    /** A hash that goes on from where another is. */
    PreauthHash(PreauthHash other) {
        this.value = other.value;
    }

    void add(byte[] message) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-512");
            digest.update(value);
            value = digest.digest(message);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-512", e);
        }
    }

    byte[] value() {
        return value.clone();
    }
}
