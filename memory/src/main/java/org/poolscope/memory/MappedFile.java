package org.poolscope.memory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import org.poolscope.model.EvidenceException;

/** A file mapped into memory, read-only, for use from any thread until it is closed. */
final class MappedFile implements AutoCloseable {

    private final Path path;
    private final Arena arena;
    private final MemorySegment bytes;
    private final FileTime modified;

    private MappedFile(Path path, Arena arena, MemorySegment bytes, FileTime modified) {
        this.path = path;
        this.arena = arena;
        this.bytes = bytes;
        this.modified = modified;
    }

    static MappedFile open(Path path) throws EvidenceException {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            FileTime modified = Files.getLastModifiedTime(path);
            MemorySegment bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
            if (channel.size() < bytes.byteSize()) {
                throw new IOException("it became shorter while it was opened");
            }
            return new MappedFile(path, arena, bytes, modified);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            arena.close();
            throw new EvidenceException(path, "", "cannot be mapped into memory: " + e.getMessage(),
                    "Copy it to a local disk and try again", e);
        }
    }

    MemorySegment bytes() {
        return bytes;
    }

    /** Whether somebody wrote to the file, or took it away, since it was mapped. */
    boolean changed() {
        try {
            return Files.size(path) != bytes.byteSize() || !Files.getLastModifiedTime(path).equals(modified);
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
