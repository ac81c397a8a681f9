package org.poolscope.dfs.server;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * The elements that stand side by side in a stretch of DER (X.690), with one-byte tags and definite lengths: all that SPNEGO uses.
 * Goes no deeper than it is asked to, so nesting does no harm.
 */
final class Der {

    private final byte[] bytes;
    private int at;

    /** One element. */
    record Element(int tag, byte[] content, byte[] whole) {
    }

    Der(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean hasNext() {
        return at < bytes.length;
    }

    Element next() throws Refusal {
        int start = at;
        int tag = u8();
        int length = u8();
        if (length > 0x80) {
            int digits = length & 0x7f;
            if (digits > 3) {
                throw new Refusal(NtStatus.INVALID_PARAMETER);
            }
            length = 0;
            for (int i = 0; i < digits; i++) {
                length = length << 8 | u8();
            }
        } else if (length == 0x80) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        if (length > bytes.length - at || (tag & 0x1f) == 0x1f) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        at += length;
        return new Element(tag, Arrays.copyOfRange(bytes, at - length, at), Arrays.copyOfRange(bytes, start, at));
    }

    /** The content of the next element, which must have this tag. */
    byte[] expect(int tag) throws Refusal {
        Element next = next();
        if (next.tag() != tag) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        return next.content();
    }

    /** An element that holds the given pieces one after the other. */
    static byte[] element(int tag, byte[]... pieces) {
        int length = Arrays.stream(pieces).mapToInt(piece -> piece.length).sum();
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 4);
        out.write(tag);
        if (length >= 0x100) {
            out.write(0x82);
            out.write(length >> 8);
        } else if (length >= 0x80) {
            out.write(0x81);
        }
        out.write(length);
        for (byte[] piece : pieces) {
            out.writeBytes(piece);
        }
        return out.toByteArray();
    }

    private int u8() throws Refusal {
        if (at >= bytes.length) {
            throw new Refusal(NtStatus.INVALID_PARAMETER);
        }
        return bytes[at++] & 0xff;
    }
}
