package org.poolscope.app.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.poolscope.model.ProgramName;
import org.poolscope.model.Quantity;

/**
 * Takes files as they come in, piece by piece, into a folder of its own that is deleted at the end. Nothing is unpacked: an archive is
 * refused by its first bytes, so none can grow.
 */
final class Uploads implements AutoCloseable {

    private static final Pattern BATCH = Pattern.compile("[0-9a-f]{16}");
    private static final int PIECE = 1 << 16;
    private static final int LONGEST_NAME = 120;
    private static final int MOST_FILES = 1000;
    /** What is left free on the disk, whatever comes in. */
    private static final long ROOM = 256L << 20;

    /** First bytes of archives, as characters of one byte each. */
    private static final Map<String, String> ARCHIVES = Map.of("PK\u0003\u0004", "ZIP", "PK\u0005\u0006", "ZIP", "\u001f\u008b", "gzip", "7z\u00bc\u00af", "7-Zip",
            "MSCF", "CAB", "\u00fd7zXZ", "xz", "BZh", "bzip2", "Rar!", "RAR", "\u0028\u00b5\u002f\u00fd", "Zstandard");

    private final Path folder;
    private final long mostBytes;
    private final AtomicLong taken = new AtomicLong();
    private final Map<String, AtomicLong> files = new ConcurrentHashMap<>();

    Uploads(long mostBytes) throws IOException {
        this.folder = Files.createTempDirectory("poolscope-ui");
        this.mostBytes = mostBytes;
    }

    long mostBytes() {
        return mostBytes;
    }

    /**
     * Takes one file.
     *
     * @param batch the files it comes with
     * @param name what its sender calls it
     * @param announced its length as announced; -1 when not
     */
    void take(String batch, String name, long announced, InputStream in) throws Refusal, IOException {
        Path into = folder(batch).resolve(safe(name));
        if (files.computeIfAbsent(batch, any -> new AtomicLong()).incrementAndGet() > MOST_FILES) {
            throw new Refusal(413, "More than " + MOST_FILES + " files at once: name their folder on the command line instead");
        }
        check(name, Math.max(0, announced));
        Files.createDirectories(into.getParent());
        byte[] piece = new byte[PIECE];
        long length = 0;
        boolean whole = false;
        try (OutputStream out = Files.newOutputStream(into)) {
            for (int n = in.readNBytes(piece, 0, PIECE); n > 0; n = in.readNBytes(piece, 0, PIECE)) {
                if (length == 0) {
                    refuseArchive(name, piece, n);
                }
                length += n;
                taken.addAndGet(n);
                check(name, 0);
                out.write(piece, 0, n);
            }
            whole = true;
        } finally {
            if (!whole) {
                taken.addAndGet(-length);
                Files.deleteIfExists(into);
            }
        }
    }

    private void check(String name, long more) throws Refusal, IOException {
        if (taken.get() + more > mostBytes) {
            throw new Refusal(413, "'" + name + "' is too large: at most " + Quantity.bytes(mostBytes)
                    + " can be dropped here in all. Name it on the command line instead: " + ProgramName.called("poolscope ui FILE") + " (or raise --max-upload)");
        }
        if (Files.getFileStore(folder).getUsableSpace() - more < ROOM) {
            throw new Refusal(507, "There is no room for '" + name + "' in " + folder.getParent() + ". Name it on the command line instead: it is then read in place");
        }
    }

    private static void refuseArchive(String name, byte[] first, int length) throws Refusal {
        String beginning = new String(first, 0, Math.min(length, 8), StandardCharsets.ISO_8859_1);
        for (Map.Entry<String, String> archive : ARCHIVES.entrySet()) {
            if (beginning.startsWith(archive.getKey())) {
                throw new Refusal(415, "'" + name + "' is an archive (" + archive.getValue() + "), and archives are not opened here. Unpack it and drop what is in it, "
                        + "or name it on the command line: " + ProgramName.called("poolscope ui FILE"));
            }
        }
    }

    /** The files of a batch. */
    List<Path> files(String batch) throws Refusal, IOException {
        Path of = folder(batch);
        if (!Files.isDirectory(of)) {
            throw new Refusal(404, "No file of this batch has come in");
        }
        try (Stream<Path> all = Files.list(of)) {
            return all.sorted().toList();
        }
    }

    private Path folder(String batch) throws Refusal {
        if (!BATCH.matcher(batch).matches()) {
            throw new Refusal(400, "A batch is named by 16 hex digits");
        }
        return folder.resolve(batch);
    }

    /** A name that is one name in any file system. */
    private static String safe(String name) {
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).replaceAll("[^\\p{L}\\p{N} ._()-]", "_").strip();
        String shown = last.isEmpty() || last.startsWith(".") ? "file" + last : last;
        return shown.length() > LONGEST_NAME ? shown.substring(shown.length() - LONGEST_NAME) : shown;
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }
}
