package org.poolscope.memory.packed;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Writes files of which large parts are zeros, as memory is: blocks of zeros are left out of the file, so that they take no room
 * on the disk where its file system can do that.
 */
final class SparseWriter {

    /** What is left free on the disk, whatever comes in. */
    private static final long ROOM = 256L << 20;
    /** How much may be written between two looks at the free room. */
    private static final long BETWEEN_LOOKS = 64L << 20;
    private static final int PIECE = 1 << 20;
    private static final int BLOCK = 1 << 12;
    private static final byte[] ZEROS = new byte[BLOCK];

    /** Hears of every piece; ends the copying by an exception. */
    @FunctionalInterface
    interface Listener {
        void came(int bytes) throws IOException;
    }

    private final byte[] piece = new byte[PIECE];
    private final FileStore disk;
    private long unlooked = BETWEEN_LOOKS;

    SparseWriter(Path folder) throws IOException {
        this.disk = Files.getFileStore(folder);
    }

    /**
     * Copies all that comes.
     *
     * @return the length of the file in bytes
     */
    long copy(InputStream in, Path to, Listener listener) throws IOException {
        long length = 0;
        try (FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            for (int got = in.readNBytes(piece, 0, PIECE); got > 0; got = in.readNBytes(piece, 0, PIECE)) {
                listener.came(got);
                write(out, length, got);
                length += got;
            }
            if (out.size() < length) {
                out.write(ByteBuffer.wrap(ZEROS, 0, 1), length - 1);
            }
        }
        return length;
    }

    /** Writes what of the piece is not zero, in runs of blocks. */
    private void write(FileChannel out, long at, int length) throws IOException {
        int start = 0;
        while (start < length) {
            boolean zero = isZero(start, length);
            int end = start;
            while (end < length && isZero(end, length) == zero) {
                end = Math.min(length, end + BLOCK);
            }
            if (!zero) {
                look(end - start);
                ByteBuffer run = ByteBuffer.wrap(piece, start, end - start);
                for (long to = at + start; run.hasRemaining();) {
                    to += out.write(run, to);
                }
            }
            start = end;
        }
    }

    private boolean isZero(int from, int length) {
        int to = Math.min(length, from + BLOCK);
        return Arrays.equals(piece, from, to, ZEROS, 0, to - from);
    }

    private void look(int bytes) throws IOException {
        unlooked += bytes;
        if (unlooked >= BETWEEN_LOOKS) {
            unlooked = 0;
            if (disk.getUsableSpace() < ROOM) {
                throw new NoRoomException();
            }
        }
    }

    /** The disk is as good as full. */
    static final class NoRoomException extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
