package org.poolscope.memory.packed;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The list of what was unpacked into a folder, with the marks by which the packed file is known again: its length, when it was
 * written, and a sum over its beginning and its end.
 */
final class KeptFiles {

    /** Names in the folder that no member may have. */
    static final Set<String> NAMES = Set.of("poolscope-unpacked", PartFolder.LOCK);

    private static final String LIST = "poolscope-unpacked";
    private static final int SUMMED = 1 << 16;
    private static final long LONGEST_LIST = 4 << 20;

    private KeptFiles() {
    }

    /** The files of a folder; empty unless it holds all of them, made from this packed file as it is now. */
    static Optional<List<UnpackedFile>> read(Path folder, Path source) {
        Path list = folder.resolve(LIST);
        try {
            if (!Files.isRegularFile(list) || Files.size(list) > LONGEST_LIST) {
                return Optional.empty();
            }
            List<String> lines = Files.readAllLines(list);
            if (lines.isEmpty() || !lines.getFirst().equals(marks(source))) {
                return Optional.empty();
            }
            List<UnpackedFile> files = new ArrayList<>();
            for (String line : lines.subList(1, lines.size())) {
                String[] parts = line.split("\t", 3);
                Path file = parts.length == 3 ? folder.resolve(parts[1]).normalize() : folder;
                if (!file.startsWith(folder.normalize()) || !Files.isRegularFile(file)
                        || Files.size(file) != Long.parseLong(parts[0])) {
                    return Optional.empty();
                }
                files.add(new UnpackedFile(file, parts[2]));
            }
            return Optional.of(List.copyOf(files));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();   // whatever is wrong with it, the packed file is still there
        }
    }

    /** Writes the list of a folder's files. Their members' names hold no tabs and no line ends. */
    static void write(Path folder, String marks, List<UnpackedFile> files) throws IOException {
        List<String> lines = new ArrayList<>(List.of(marks));
        for (UnpackedFile file : files) {
            lines.add(Files.size(file.path()) + "\t" + folder.relativize(file.path()) + "\t" + file.member());
        }
        Files.write(folder.resolve(LIST), lines, StandardCharsets.UTF_8);
    }

    /** What a file is known by. */
    static String marks(Path source) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(source, BasicFileAttributes.class);
        try (RandomAccessFile file = new RandomAccessFile(source.toFile(), "r")) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] ends = new byte[(int) Math.min(SUMMED, file.length())];
            file.readFully(ends);
            digest.update(ends);
            file.seek(file.length() - ends.length);
            file.readFully(ends);
            digest.update(ends);
            return attributes.size() + " " + attributes.lastModifiedTime() + " " + HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);   // every Java has it
        }
    }
}
