package org.poolscope.dfs.server;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Little-endian bytes of a message being made. Grows as needed. */
final class Wire {

    private byte[] bytes;
    private int length;

    Wire(int expected) {
        this.bytes = new byte[expected];
    }

    int length() {
        return length;
    }

    Wire u8(int value) {
        need(1);
        bytes[length++] = (byte) value;
        return this;
    }

    Wire u16(int value) {
        need(2);
        bytes[length++] = (byte) value;
        bytes[length++] = (byte) (value >> 8);
        return this;
    }

    Wire u32(long value) {
        need(4);
        for (int shift = 0; shift < 32; shift += 8) {
            bytes[length++] = (byte) (value >>> shift);
        }
        return this;
    }

    Wire u64(long value) {
        return u32(value).u32(value >>> 32);
    }

    Wire bytes(byte[] some) {
        need(some.length);
        System.arraycopy(some, 0, bytes, length, some.length);
        length += some.length;
        return this;
    }

    /** Text without a NUL. */
    Wire utf16(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_16LE));
    }

    Wire zeros(int count) {
        need(count);
        Arrays.fill(bytes, length, length + count, (byte) 0);
        length += count;
        return this;
    }

    /** Zeros up to a multiple. */
    Wire align(int multiple) {
        return zeros((multiple - length % multiple) % multiple);
    }

    void cutTo(int shorter) {
        length = shorter;
    }

    void patchU16(int offset, int value) {
        bytes[offset] = (byte) value;
        bytes[offset + 1] = (byte) (value >> 8);
    }

    void patchU32(int offset, long value) {
        patchU16(offset, (int) value);
        patchU16(offset + 2, (int) (value >>> 16));
    }

    byte[] toBytes() {
        return bytes.length == length ? bytes : Arrays.copyOf(bytes, length);
    }

    private void need(int count) {
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
        }
    }
}
