package org.poolscope.lab.network;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Bytes of a message being written, little-endian. */
final class LittleEndianBytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    LittleEndianBytes u8(int value) {
        out.write(value);
        return this;
    }

    LittleEndianBytes u16(int value) {
        return u8(value).u8(value >> 8);
    }

    LittleEndianBytes u32(long value) {
        return u16((int) value).u16((int) (value >> 16));
    }

    LittleEndianBytes u64(long value) {
        return u32(value).u32(value >> 32);
    }

    LittleEndianBytes bytes(byte[] value) {
        out.writeBytes(value);
        return this;
    }

    LittleEndianBytes zeros(int count) {
        return bytes(new byte[count]);
    }

    /** Text in UTF-16 with a NUL. */
    LittleEndianBytes wide(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_16LE)).u16(0);
    }

    /** Text in ASCII with a NUL. */
    LittleEndianBytes ascii(String text) {
        return bytes(text.getBytes(StandardCharsets.US_ASCII)).u8(0);
    }

    int size() {
        return out.size();
    }

    byte[] toBytes() {
        return out.toByteArray();
    }
}
