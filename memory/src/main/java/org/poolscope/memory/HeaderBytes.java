package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.nio.charset.Charset;

/**
 * Reads fields of a header that may be cut short, and that Windows filled with the letters {@code PAGE} before writing what it
 * knew.
 */
final class HeaderBytes {

    static final int FILL_32 = 0x4547_4150;
    static final long FILL_64 = 0x4547_4150_4547_4150L;

    private final MemorySegment bytes;

    HeaderBytes(MemorySegment bytes) {
        this.bytes = bytes;
    }

    Integer u8(long at) {
        return has(at, Byte.BYTES) ? bytes.get(LittleEndian.U8, at) & 0xff : null;
    }

    /** Four bytes; {@code null} beyond the end or when never filled in. */
    Integer u32(long at) {
        if (!has(at, Integer.BYTES)) {
            return null;
        }
        int value = bytes.get(LittleEndian.U32, at);
        return value == FILL_32 ? null : value;
    }

    /** Four bytes, zero-extended. */
    Long u32AsLong(long at) {
        Integer value = u32(at);
        return value == null ? null : Integer.toUnsignedLong(value);
    }

    /** Eight bytes; {@code null} beyond the end or when never filled in. */
    Long u64(long at) {
        if (!has(at, Long.BYTES)) {
            return null;
        }
        long value = bytes.get(LittleEndian.U64, at);
        return value == FILL_64 ? null : value;
    }

    /** A text that ends at a zero byte, without control characters; empty when it was never filled in. */
    String text(long at, int length, Charset charset) {
        if (!has(at, length)) {
            return "";
        }
        byte[] raw = bytes.asSlice(at, length).toArray(LittleEndian.U8);
        int end = 0;
        while (end < raw.length && raw[end] != 0) {
            end++;
        }
        String text = new String(raw, 0, end, charset);
        return text.startsWith("PAGE") ? "" : text.replaceAll("\\p{Cntrl}", "").strip();
    }

    boolean has(long at, long length) {
        return at >= 0 && length >= 0 && at <= bytes.byteSize() - length;
    }
}
