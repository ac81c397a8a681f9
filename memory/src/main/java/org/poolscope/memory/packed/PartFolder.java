package org.poolscope.memory.packed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A folder that is being filled. It gets its name when it is full; until then it is taken away when its maker fails or is
 * stopped, and when the maker was killed, by whoever next makes one of the same name.
 */
final class PartFolder implements AutoCloseable {

    static final String LOCK = "poolscope-lock";

    private static final String PART = ".part-";

    private final Path target;
    private final Path folder;
    private final FileChannel channel;
    private final Thread atExit;
    private boolean done;

    private PartFolder(Path target, Path folder, FileChannel channel) {
        this.target = target;
        this.folder = folder;
        this.channel = channel;
        this.atExit = new Thread(() -> remove(folder));
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Makes one beside where it will be. */
    static PartFolder forTarget(Path target) throws IOException {
        Files.createDirectories(target.getParent());
        removeAbandoned(target);
        Path folder = Files.createTempDirectory(target.getParent(), target.getFileName() + PART);
        FileChannel channel = null;
        try {
            channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            channel.lock();   // ends with the channel, or with the process
            return new PartFolder(target, folder, channel);
        } catch (IOException e) {
            if (channel != null) {
                channel.close();
            }
            remove(folder);
            throw e;
        }
    }

    private static void removeAbandoned(Path target) throws IOException {
        String prefix = target.getFileName() + PART;
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(target.getParent(),
                path -> path.getFileName().toString().startsWith(prefix))) {
            for (Path part : parts) {
                if (isAbandoned(part)) {
                    remove(part);
                }
            }
        }
    }

    private static boolean isAbandoned(Path part) {
        try (FileChannel channel = FileChannel.open(part.resolve(LOCK), StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }

    Path path() {
        return folder;
    }

    /** Gives the full folder its name, in place of one that had it. */
    void finish() throws IOException {
        channel.close();
        Files.deleteIfExists(folder.resolve(LOCK));
        if (Files.exists(target)) {
            remove(target);
        }
        Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
        done = true;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // it goes with the process
        }
        if (!done) {
            remove(folder);
        }
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // the process is ending, and the hook does its work
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // what cannot be deleted now is abandoned, and the next one tries again
        }
    }
}
