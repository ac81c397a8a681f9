package org.poolscope.logs.evtx;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The bytes of one chunk, little-endian. Offsets count from the chunk's start, as those inside the chunk do; all are checked. */
final class ChunkBytes {

    /** No element, attribute or entity of any event has so long a name. */
    private static final int LONGEST_NAME = 512;
    /** Offset of the next name in the same bucket, a 16-bit hash, the number of characters. */
    private static final int NAME_HEADER = 8;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final Map<Integer, String> names = new HashMap<>();

    ChunkBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    byte[] array() {
        return bytes;
    }

    int length() {
        return bytes.length;
    }

    /** Whether a record header's signature stands here: two asterisks and two zeros. */
    boolean isRecordMark(int at) {
        return at >= 0 && at <= bytes.length - 4 && (int) INT.get(bytes, at) == 0x2a2a;
    }

    int u8(int at) throws DamagedRecordException {
        need(at, 1);
        return bytes[at] & 0xff;
    }

    int u16(int at) throws DamagedRecordException {
        need(at, 2);
        return (short) SHORT.get(bytes, at) & 0xffff;
    }

    /** A 32-bit number that is a size, count or offset: what does not fit a chunk is damage. */
    int size(int at) throws DamagedRecordException {
        need(at, 4);
        int value = (int) INT.get(bytes, at);
        if (value < 0 || value > EvtxLog.CHUNK) {
            throw new DamagedRecordException("a size or offset of " + Integer.toUnsignedString(value)
                    + " points outside of the chunk");
        }
        return value;
    }

    int i32(int at) throws DamagedRecordException {
        need(at, 4);
        return (int) INT.get(bytes, at);
    }

    long i64(int at) throws DamagedRecordException {
        need(at, 8);
        return (long) LONG.get(bytes, at);
    }

    /** UTF-16 text. */
    String text(int at, int characters) throws DamagedRecordException {
        need(at, 2 * characters);
        return new String(bytes, at, 2 * characters, StandardCharsets.UTF_16LE);
    }

    void need(int at, int length) throws DamagedRecordException {
        if (at < 0 || length < 0 || at > bytes.length - length) {
            throw new DamagedRecordException("it goes on behind the end of its chunk");
        }
    }

    /** The length in bytes of the name stored here, its terminating zero with it. */
    int nameLength(int at) throws DamagedRecordException {
        return NAME_HEADER + 2 * u16(at + 6) + 2;
    }

    /**
     * The name stored here. Its hash and its terminating zero must fit, so that bytes which happen to stand where a name once
     * stood are not taken for it.
     */
    String name(int at) throws DamagedRecordException {
        String known = names.get(at);
        if (known != null) {
            return known;
        }
        int hash = u16(at + 4);
        int characters = u16(at + 6);
        if (characters == 0 || characters > LONGEST_NAME) {
            throw new DamagedRecordException("a name of " + characters + " characters");
        }
        String name = text(at + NAME_HEADER, characters);
        if (hash(name) != hash || u16(at + NAME_HEADER + 2 * characters) != 0) {
            throw new DamagedRecordException("a name in it is overwritten");
        }
        names.put(at, name);
        return name;
    }

    /** Found from real files: all names of all chunks seen keep to it. */
    private static int hash(String name) {
        int hash = 0;
        for (int i = 0; i < name.length(); i++) {
            hash = hash * 65599 + name.charAt(i);
        }
        return hash & 0xffff;
    }
}
