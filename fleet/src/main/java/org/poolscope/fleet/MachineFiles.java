package org.poolscope.fleet;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The evidence files of each machine. */
final class MachineFiles {

    private MachineFiles() {
    }

    /**
     * Finds them.
     *
     * @param evidence files, and folders with everything below them; hidden files are left out
     * @param bad gets what could not be looked at
     * @return the files by machine, both in order
     */
    static Map<String, List<Path>> find(List<Path> evidence, MachineNames names, List<IngestReport.BadFile> bad) {
        Map<String, List<Path>> machines = new TreeMap<>();
        for (Path path : evidence) {
            for (Path file : filesBelow(path, bad)) {
                String machine = names.of(path, file);
                if (machine == null) {
                    bad.add(new IngestReport.BadFile(file.toString(), "the pattern finds no machine's name in its path"));
                } else {
                    machines.computeIfAbsent(machine, name -> new ArrayList<>()).add(file);
                }
            }
        }
        return machines;
    }

    private static List<Path> filesBelow(Path path, List<IngestReport.BadFile> bad) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    return !folder.equals(path) && isHidden(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile() && !isHidden(file)) {
                        files.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) {
                    bad.add(new IngestReport.BadFile(file.toString(), "cannot be read: " + failure.getMessage()));
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            bad.add(new IngestReport.BadFile(path.toString(), "cannot be listed: " + e.getMessage()));
        }
        files.sort(null);
        return files;
    }

    private static boolean isHidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }
}
