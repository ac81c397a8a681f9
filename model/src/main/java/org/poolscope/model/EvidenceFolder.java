package org.poolscope.model;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** What counts as evidence in a folder: every file below it, but for hidden ones, and the truth about practice cases. */
public final class EvidenceFolder {

    private EvidenceFolder() {
    }

    /**
     * Lists the files, in order.
     *
     * @param most after so many files and one more the search ends
     * @param unreadable hears of what cannot be looked at, and why; the search goes on
     * @throws EvidenceException when the folder itself cannot be listed
     */
    public static List<Path> files(Path folder, int most, BiConsumer<Path, String> unreadable) throws EvidenceException {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    return isHidden(directory) && !directory.equals(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (!isHidden(file) && Files.isRegularFile(file) && !PracticeTruth.is(file)) {
                        found.add(file);
                    }
                    return found.size() > most ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) {
                    unreadable.accept(file, "cannot be read: " + failure.getMessage());
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new EvidenceException(folder, "", "cannot be listed: " + e.getMessage(), "Check its permissions", e);
        }
        found.sort(null);
        return found;
    }

    private static boolean isHidden(Path path) {
        Path last = path.getFileName();
        return last != null && last.toString().startsWith(".");
    }
}
