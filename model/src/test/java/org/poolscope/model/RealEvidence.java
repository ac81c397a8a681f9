package org.poolscope.model;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.tukaani.xz.XZInputStream;

/**
 * Where tests find evidence made by others: the folder named by the system property {@code poolscope.data}, which stands beside the
 * project and is not part of it. A test that needs a file that is not there is skipped and says so; the continuous build
 * demands the folder.
 */
public final class RealEvidence {

    private RealEvidence() {
    }

    /** The file or folder at a path below the evidence folder. */
    public static Path path(String relative) {
        return below("poolscope.data", relative);
    }

    /** The file at a path below the folder of layout facts. */
    public static Path fact(String relative) {
        return below("poolscope.facts", relative);
    }

    /**
     * An image of the {@code dumps} folder, unpacked when it is stored as {@code .xz}. Unpacked once, into the temporary
     * directory, and shared by all tests.
     */
    public static Path image(String name) {
        Path plain = Path.of(System.getProperty("poolscope.data", "../shared/data"), "dumps", name);
        if (Files.exists(plain)) {
            return plain;
        }
        Path packed = path("dumps/" + name + ".xz");
        try {
            Path folder = Files.createDirectories(Path.of(System.getProperty("java.io.tmpdir"), "poolscope-evidence"));
            Path unpacked = folder.resolve(name);
            try (FileChannel lock = FileChannel.open(folder.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock held = lock.lock()) {
                if (held.isValid() && !Files.exists(unpacked)) {
                    Path part = folder.resolve(name + ".part");
                    try (InputStream in = new XZInputStream(Files.newInputStream(packed))) {
                        Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
                    }
                    Files.move(part, unpacked, StandardCopyOption.ATOMIC_MOVE);
                }
            }
            return unpacked;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A text stored as {@code .xz} or plain, whole. */
    public static String text(String relative) {
        Path path = path(relative);
        try (InputStream in = relative.endsWith(".xz") ? new XZInputStream(Files.newInputStream(path)) : Files.newInputStream(path)) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path below(String property, String relative) {
        Path root = Path.of(System.getProperty(property, "../shared/" + property.substring(property.indexOf('.') + 1)));
        Path path = root.resolve(relative);
        assumeTrue(Files.exists(path), () -> "evidence not at hand: " + path);
        return path;
    }
}
