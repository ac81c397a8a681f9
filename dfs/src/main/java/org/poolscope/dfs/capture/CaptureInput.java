package org.poolscope.dfs.capture;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.ZipException;

/**
 * The bytes of a capture file, in order, through one buffer. A packet is handed out in place, so nothing is copied twice.
 */
final class CaptureInput {

    private static final int USUAL_BUFFER = 1 << 20;

    private final InputStream in;
    private byte[] buffer = new byte[USUAL_BUFFER];
    private int at;
    private int limit;
    private long base;
    private boolean littleEndian = true;
    private String damage = "";

    CaptureInput(InputStream in) {
        this.in = in;
    }

    /** Makes the next bytes stand in {@link #buffer()} from {@link #position()}; says whether there are that many. */
    boolean has(int count) throws IOException {
        if (limit - at >= count) {
            return true;
        }
        if (at > 0) {
            System.arraycopy(buffer, at, buffer, 0, limit - at);
            base += at;
            limit -= at;
            at = 0;
        }
        if (count > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(count, buffer.length * 2));
        }
        while (limit < count) {
            int got = read();
            if (got < 0) {
                return false;
            }
            limit += got;
        }
        return true;
    }

    /** A packed file that was cut, or is damaged inside, ends where it can no longer be unpacked. */
    private int read() throws IOException {
        try {
            return in.read(buffer, limit, buffer.length - limit);
        } catch (EOFException e) {
            damage = "the packed file is cut short";
            return -1;
        } catch (ZipException e) {
            damage = "the packed file is damaged: " + e.getMessage();
            return -1;
        }
    }

    /** Passes over bytes; says whether there were that many. */
    boolean skip(long count) throws IOException {
        long left = count;
        while (left > limit - at) {
            left -= limit - at;
            at = limit;
            if (!has(1)) {
                return false;
            }
        }
        at += (int) left;
        return true;
    }

    byte[] buffer() {
        return buffer;
    }

    int position() {
        return at;
    }

    /** Bytes at hand without reading on. */
    int available() {
        return limit - at;
    }

    void advance(int count) {
        at += count;
    }

    /** Bytes passed since the beginning. */
    long offset() {
        return base + at;
    }

    /** What is wrong with the packing; empty when nothing is. */
    String damage() {
        return damage;
    }

    void littleEndian(boolean value) {
        littleEndian = value;
    }

    boolean littleEndian() {
        return littleEndian;
    }

    /** The 16-bit number that many bytes after the position. */
    int u16(int ahead) {
        int one = buffer[at + ahead] & 0xff;
        int two = buffer[at + ahead + 1] & 0xff;
        return littleEndian ? two << 8 | one : one << 8 | two;
    }

    /** The 32-bit number that many bytes after the position. */
    long u32(int ahead) {
        long one = u16(ahead);
        long two = u16(ahead + 2);
        return littleEndian ? two << 16 | one : one << 16 | two;
    }
}
