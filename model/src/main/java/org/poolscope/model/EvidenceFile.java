package org.poolscope.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;

/** One file of evidence, as readers see it: its path, its first bytes, and its lines when it is text. */
public final class EvidenceFile {

    private static final int HEAD_BYTES = 64 * 1024;
    private static final int BEGINNING_BYTES = 4096;

    private final Path path;
    private final String name;
    private final long size;
    private final byte[] head;
    private Optional<TextLines> text;
    private EvidenceFile beginning;

    private EvidenceFile(Path path, String name, long size, byte[] head) {
        this.path = path;
        this.name = name;
        this.size = size;
        this.head = head;
    }

    /** Opens a file under the name its path has. */
    public static EvidenceFile open(Path path) throws EvidenceException {
        return open(path, path.toString());
    }

    /**
     * Opens a file and reads its first bytes.
     *
     * @param path the file
     * @param name how findings shall name it
     * @throws EvidenceException when it does not exist, is not a plain file, may not be read, or is empty
     */
    public static EvidenceFile open(Path path, String name) throws EvidenceException {
        if (Files.isDirectory(path)) {
            throw new EvidenceException(path, "", "this is a directory, a file is needed", "Name a file inside it");
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new EvidenceException(path, "", "this is not a plain file",
                    "Copy what it delivers to a file and name that file");
        }
        try (SeekableByteChannel channel = Files.newByteChannel(path, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size == 0) {
                throw new EvidenceException(path, "", "the file is empty", "Collect it again; the copy may have failed");
            }
            ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(HEAD_BYTES, size));
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // until full or at the end
            }
            byte[] head = new byte[buffer.position()];
            buffer.flip().get(head);
            return new EvidenceFile(path, name, size, head);
        } catch (IOException e) {
            throw EvidenceException.unreadable(path, e);
        }
    }

    /** Where the file is. */
    public Path path() {
        return path;
    }

    /** How findings name it. */
    public String name() {
        return name;
    }

    /** Its length in bytes. */
    public long size() {
        return size;
    }

    /** Its first 64 KB, or all of it when it is shorter. A copy. */
    public byte[] head() {
        return head.clone();
    }

    /** Whether the file has these bytes at an offset inside the {@linkplain #head() head}. */
    public boolean hasAt(int offset, byte... expected) {
        if (offset < 0 || offset > head.length - expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if (head[offset + i] != expected[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * What the file begins with, as a file of its own whose text is at most the first {@value #BEGINNING_BYTES} bytes: whoever knows it
     * by that need not look at the rest.
     */
    public synchronized EvidenceFile beginning() {
        if (beginning == null) {
            byte[] first = Arrays.copyOf(head, Math.min(head.length, BEGINNING_BYTES));
            beginning = new EvidenceFile(path, name, first.length, first);
            beginning.text = TextLines.of(beginning, first);
        }
        return beginning;
    }

    /** A place in this file, for facts and warnings. */
    public Provenance at(String place) {
        return new Provenance(name, place);
    }

    /**
     * Its lines, when it is text in UTF-8, UTF-16 or a legacy 8-bit code page; empty when it is binary. Read on first use.
     *
     * @throws EvidenceException when it cannot be read, or is text too large to hold
     */
    public synchronized Optional<TextLines> text() throws EvidenceException {
        if (text == null) {
            text = TextLines.read(this, head);
        }
        return text;
    }

    /** Whether it is text with a line like this; {@code false} also when it cannot be read, which whoever reads it will be told. */
    public boolean hasLine(Predicate<String> like) {
        try {
            Optional<TextLines> lines = text();
            return lines.isPresent() && lines.get().all().stream().anyMatch(like);
        } catch (EvidenceException e) {
            return false;
        }
    }
}
