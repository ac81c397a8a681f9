package org.poolscope.memory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.poolscope.model.EvidenceException;

/**
 * Memory as large as what a packed image may unpack to, filled a page at a time by whoever is asked for one: a file without content,
 * mapped. It takes room on the disk for what was filled with something other than zeros, and none of Java's memory. The file
 * stands beside the image; among the temporary files where that folder cannot be written to, or is on a file system that would fill the whole
 * file with zeros first, as those of memory sticks do. It is without a name as soon as it is mapped, or on Windows deleted in the end.
 * What is small is plain memory.
 */
final class ScratchMemory implements AutoCloseable {

    private static final long SMALL = 1 << 20;

    /** What is left free on the disk. */
    private static final long ROOM = 256L << 20;
    /** How much may be written between two looks at the free room. */
    private static final long BETWEEN_LOOKS = 64L << 20;

    /** File systems on which a file may have holes; temporary files in memory are none of them. */
    private static final Set<String> WITHOUT_ZEROS = Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "overlay", "apfs", "NTFS");

    private static final byte[] ZEROS = new byte[PhysicalMemory.PAGE_SIZE];

    private final Arena arena;
    private final MemorySegment bytes;
    private final Path file;
    private final FileStore disk;
    private long unlooked = BETWEEN_LOOKS;
    private long left;

    private ScratchMemory(Arena arena, MemorySegment bytes, Path file, FileStore disk, long left) {
        this.arena = arena;
        this.bytes = bytes;
        this.file = file;
        this.disk = disk;
        this.left = left;
    }

    /**
     * Makes one.
     *
     * @param image the image it is for
     * @param size its bytes
     * @param mostWritten how many bytes may be filled with something other than zeros
     */
    static ScratchMemory create(Path image, long size, long mostWritten) throws EvidenceException {
        if (size <= SMALL) {
            Arena arena = Arena.ofAuto();   // nobody need close what costs so little
            return new ScratchMemory(null, arena.allocate(Math.max(size, 1)), null, null, mostWritten);
        }
        IOException trouble = null;
        for (Path folder : folders(image.toAbsolutePath().getParent(), Path.of(System.getProperty("java.io.tmpdir")))) {
            try {
                return mapped(Files.createTempFile(folder, ".poolscope-", ".pages"), size, mostWritten);
            } catch (IOException e) {
                trouble = e;
            }
        }
        throw new EvidenceException(image, "", "there is no place to unpack its pages to: " + trouble.getMessage(),
                "Copy it to a folder that can be written to, on a disk with room", trouble);
    }

    /** Both folders, first the one whose file system keeps no zeros. */
    private static List<Path> folders(Path beside, Path temporary) {
        return keepsZeros(beside) && !keepsZeros(temporary) ? List.of(temporary, beside) : List.of(beside, temporary);
    }

    private static boolean keepsZeros(Path folder) {
        try {
            return !WITHOUT_ZEROS.contains(Files.getFileStore(folder).type());
        } catch (IOException e) {
            return true;
        }
    }

    private static ScratchMemory mapped(Path file, long size, long mostWritten) throws IOException {
        Files.delete(file);   // only a file that is made with this option can be sparse everywhere
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.allocate(1), size - 1);
            MemorySegment bytes = channel.map(MapMode.READ_WRITE, 0, size, arena);
            boolean gone = file.toFile().delete();
            if (!gone) {
                file.toFile().deleteOnExit();
            }
            return new ScratchMemory(arena, bytes, gone ? null : file, Files.getFileStore(gone ? file.getParent() : file), mostWritten);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            arena.close();
            Files.deleteIfExists(file);
            throw e instanceof IOException io ? io : new IOException(e.getMessage(), e);
        }
    }

    /** All of it, for reading; zeros where nothing was filled in. */
    MemorySegment bytes() {
        return bytes;
    }

    /**
     * Fills pages.
     *
     * @param offset where, at the beginning of a page
     * @param length whole pages
     * @return whether there was room for them; if not, some may be filled
     */
    boolean fill(long offset, byte[] from, int length) {
        for (int at = 0; at < length; at += PhysicalMemory.PAGE_SIZE) {
            if (!Arrays.equals(from, at, at + PhysicalMemory.PAGE_SIZE, ZEROS, 0, PhysicalMemory.PAGE_SIZE)) {
                if (!take(PhysicalMemory.PAGE_SIZE)) {
                    return false;
                }
                MemorySegment.copy(from, at, bytes, LittleEndian.U8, offset + at, PhysicalMemory.PAGE_SIZE);
            }
        }
        return true;
    }

    /** Whether so much more may be written. A mapped file on a full disk would end the program. */
    private synchronized boolean take(int size) {
        unlooked += size;
        if (disk != null && unlooked >= BETWEEN_LOOKS) {
            try {
                if (disk.getUsableSpace() < ROOM) {
                    return false;
                }
            } catch (IOException e) {
                return false;
            }
            unlooked = 0;
        }
        left -= size;
        return left >= 0;
    }

    @Override
    public void close() {
        if (arena != null) {
            arena.close();
        }
        if (file != null) {
            file.toFile().delete();
        }
    }
}
