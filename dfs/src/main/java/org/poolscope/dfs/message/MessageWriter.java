package org.poolscope.dfs.message;

import java.util.Arrays;

/** Bytes of a message being made, little-endian. Grows as needed. */
final class MessageWriter {

    private byte[] bytes = new byte[256];
    private int length;

    int length() {
        return length;
    }

    MessageWriter u16(int value) {
        need(2);
        bytes[length++] = (byte) value;
        bytes[length++] = (byte) (value >> 8);
        return this;
    }

    MessageWriter u32(long value) {
        return u16((int) value & 0xffff).u16((int) (value >>> 16) & 0xffff);
    }

    MessageWriter u64BigEndian(long value) {
        need(Long.BYTES);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (value >>> shift);
        }
        return this;
    }

    /** The text and a NUL. */
    MessageWriter string(String text) {
        for (int i = 0; i < text.length(); i++) {
            u16(text.charAt(i));
        }
        return u16(0);
    }

    MessageWriter zeros(int count) {
        need(count);
        length += count;
        return this;
    }

    void patchU16(int offset, int value) {
        if (value < 0 || value > 0xffff) {
            throw new IllegalArgumentException("an offset of " + value
                    + " bytes does not fit a referral entry; at most 65535 do");
        }
        bytes[offset] = (byte) value;
        bytes[offset + 1] = (byte) (value >> 8);
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, length);
    }

    private void need(int count) {
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
        }
    }
}
