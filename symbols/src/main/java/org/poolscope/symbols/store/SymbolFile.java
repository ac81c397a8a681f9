package org.poolscope.symbols.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.poolscope.model.EvidenceException;
import org.poolscope.symbols.SymbolTable;
import org.poolscope.symbols.isf.IsfReader;
import org.poolscope.symbols.pdb.PdbReader;

/** A file of symbols of any format that is known, told by its content. */
public final class SymbolFile {

    private static final int HEAD = 64;

    private SymbolFile() {
    }

    /**
     * Reads a file.
     *
     * @throws EvidenceException when it cannot be read, is damaged, or has no known format
     */
    public static SymbolTable read(Path file) throws EvidenceException {
        byte[] head = head(file);
        if (PdbReader.recognises(head)) {
            return PdbReader.read(file);
        }
        if (IsfReader.recognises(head)) {
            return IsfReader.read(file);
        }
        throw new EvidenceException(file, "", "it is no symbol file that is known",
                "PDB files (MSF 7) and ISF tables (.json, .json.xz) can be read");
    }

    private static byte[] head(Path file) throws EvidenceException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(HEAD);
        } catch (IOException e) {
            throw new EvidenceException(file, "", "it cannot be read: " + e.getMessage(), "", e);
        }
    }
}
