package org.poolscope.symbols.store;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32;
import org.poolscope.model.EvidenceException;
import org.poolscope.symbols.SymbolTable;

/**
 * Symbol files that were read once, in a form that opens in a few milliseconds. What is kept is known by the SHA-256 of the
 * file it was made from, so a file that changed is read again, and the same file under another name is not.
 */
public final class SymbolCache {

    private static final int MAGIC = 'P' << 24 | 'S' << 16 | 'Y' << 8 | 'M';

    /** Another number for every change to what is written, or to what readers take from symbol files. */
    private static final int VERSION = 2;

    private final Path folder;

    /**
     * A cache in a folder, which is made when something is kept in it.
     *
     * @param folder the folder, or {@code null} to keep nothing
     */
    public SymbolCache(Path folder) {
        this.folder = folder;
    }

    /**
     * The symbols of a file.
     *
     * @throws EvidenceException when it cannot be read, is damaged, or has no known format
     */
    public SymbolTable read(Path file) throws EvidenceException {
        if (folder == null) {
            return SymbolFile.read(file);
        }
        byte[] sum = sum(file);
        Path kept = folder.resolve(HexFormat.of().formatHex(sum, 0, 16) + ".symbols");
        Optional<SymbolTable> known = load(kept, sum);
        if (known.isPresent()) {
            return known.get();
        }
        SymbolTable table = SymbolFile.read(file);
        keep(table, kept, sum);
        return table;
    }

    private static byte[] sum(Path file) throws EvidenceException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[1 << 16];
            for (int got = in.read(piece); got >= 0; got = in.read(piece)) {
                digest.update(piece, 0, got);
            }
            return digest.digest();
        } catch (IOException e) {
            throw new EvidenceException(file, "", "it cannot be read: " + e.getMessage(), "", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What was kept of a file; empty when nothing was, or it is not whole. */
    private static Optional<SymbolTable> load(Path kept, byte[] sum) {
        if (!Files.isRegularFile(kept)) {
            return Optional.empty();
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(kept)))) {
            byte[] of = new byte[sum.length];
            if (in.readInt() != MAGIC || in.readInt() != VERSION) {
                return Optional.empty();
            }
            in.readFully(of);
            long check = in.readLong();
            byte[] content = in.readAllBytes();
            return MessageDigest.isEqual(of, sum) && check == crc(content)
                    ? Optional.of(SymbolTable.read(new DataInputStream(new ByteArrayInputStream(content)))) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A cache that cannot be written costs time, not an answer. */
    private void keep(SymbolTable table, Path kept, byte[] sum) {
        try {
            ByteArrayOutputStream content = new ByteArrayOutputStream(4 << 20);
            table.write(new DataOutputStream(content));
            Files.createDirectories(folder);
            Path part = Files.createTempFile(folder, "new", ".part");
            try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(part)))) {
                out.writeInt(MAGIC);
                out.writeInt(VERSION);
                out.write(sum);
                out.writeLong(crc(content.toByteArray()));
                content.writeTo(out);
            }
            Files.move(part, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            // the next run reads the file again
        }
    }

    private static long crc(byte[] content) {
        CRC32 crc = new CRC32();
        crc.update(content);
        return crc.getValue();
    }
}
