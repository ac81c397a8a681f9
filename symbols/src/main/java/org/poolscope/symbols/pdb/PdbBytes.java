package org.poolscope.symbols.pdb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of one stream, read by place. A place outside the stream is refused, with the stream's name.
 *
 * @param stream what the stream is called in messages
 * @param bytes all of it
 */
record PdbBytes(String stream, byte[] bytes) {

    private static final VarHandle U16 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle U32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle U64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    int length() {
        return bytes.length;
    }

    int u8(int at) {
        check(at, 1);
        return bytes[at] & 0xff;
    }

    int u16(int at) {
        check(at, 2);
        return (short) U16.get(bytes, at) & 0xffff;
    }

    /** A 32-bit number, which may be negative. */
    int i32(int at) {
        check(at, 4);
        return (int) U32.get(bytes, at);
    }

    long u32(int at) {
        return Integer.toUnsignedLong(i32(at));
    }

    long u64(int at) {
        check(at, 8);
        return (long) U64.get(bytes, at);
    }

    /** Where a zero-terminated text that starts at a place ends: the place of its zero. */
    int textEnd(int at) {
        int end = at;
        while (u8(end) != 0) {
            end++;
        }
        return end;
    }

    String text(int at) {
        return new String(bytes, at, textEnd(at) - at, StandardCharsets.UTF_8);
    }

    /** A number that a file uses as a size or a place in this stream. */
    int size(long value, String what) {
        if (value < 0 || value > bytes.length) {
            throw new DamagedPdbException(stream, 0, what + " is " + value);
        }
        return (int) value;
    }

    private void check(int at, int size) {
        if (at < 0 || at > bytes.length - size) {
            throw new DamagedPdbException(stream, at, "it ends too early");
        }
    }
}
