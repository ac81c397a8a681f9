package org.poolscope.app;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells before the work begins that its result could not be written. */
final class WritableFile {

    private WritableFile() {
    }

    /**
     * Looks whether a file can be made or written over. Nothing is written.
     *
     * @param file the file; {@code null} when none was asked for
     * @throws IOException when it cannot, with the reason
     */
    static void check(Path file) throws IOException {
        if (file == null) {
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || folder == null) {
            throw cannot(file, "this is a folder: name a file in it");
        }
        if (!Files.isDirectory(folder)) {
            throw cannot(file, Files.exists(folder) ? folder + " is no folder" : "there is no folder " + folder);
        }
        if (!Files.isWritable(Files.exists(file) ? file : folder)) {
            throw cannot(file, "no permission to write there");
        }
    }

    private static IOException cannot(Path file, String why) {
        return new FileSystemException(file.toString(), null, why);
    }
}
