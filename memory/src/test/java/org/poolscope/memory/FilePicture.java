package org.poolscope.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A file as a test paints it, field by field. Grows as needed. */
final class FilePicture {

    private ByteBuffer bytes = ByteBuffer.allocate(0x1000).order(ByteOrder.LITTLE_ENDIAN);
    private int size;

    /** A crash dump's header as Windows begins it: filled with the letters {@code PAGE}, then the signature. */
    static FilePicture dump32() {
        FilePicture file = new FilePicture();
        for (int at = 0; at < 0x1000; at += 4) {
            file.text(at, "PAGE");
        }
        return file.text(4, "DUMP").u32(0x20, 0x014c);
    }

    /** The same for 64-bit kernels. */
    static FilePicture dump64() {
        FilePicture file = new FilePicture();
        for (int at = 0; at < 0x2000; at += 4) {
            file.text(at, "PAGE");
        }
        return file.text(4, "DU64").u32(0x30, 0x8664);
    }

    FilePicture u8(int at, int value) {
        grow(at + 1).put(at, (byte) value);
        return this;
    }

    FilePicture u16(int at, int value) {
        grow(at + 2).putShort(at, (short) value);
        return this;
    }

    FilePicture u32(int at, long value) {
        grow(at + 4).putInt(at, (int) value);
        return this;
    }

    FilePicture u64(int at, long value) {
        grow(at + 8).putLong(at, value);
        return this;
    }

    FilePicture text(int at, String text) {
        return bytes(at, text.getBytes(StandardCharsets.US_ASCII));
    }

    FilePicture utf16(int at, String text) {
        return bytes(at, text.getBytes(StandardCharsets.UTF_16LE));
    }

    FilePicture bytes(int at, byte[] values) {
        grow(at + values.length).put(at, values);
        return this;
    }

    private ByteBuffer grow(int to) {
        if (to > bytes.capacity()) {
            bytes = ByteBuffer.allocate(Math.max(to, bytes.capacity() * 2)).order(ByteOrder.LITTLE_ENDIAN).put(bytes.clear());
        }
        size = Math.max(size, to);
        return bytes.clear();
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes.array(), size);
    }

    Path write(Path folder) {
        return write(folder, bytes());
    }

    static Path write(Path folder, byte[] content) {
        try {
            return Files.write(Files.createTempFile(folder, "image", ".dmp"), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
