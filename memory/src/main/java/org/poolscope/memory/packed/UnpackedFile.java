package org.poolscope.memory.packed;

import java.nio.file.Path;

/**
 * A plain file that was made from a packed one.
 *
 * @param path where it is
 * @param member its name inside the archive; empty when it is all that was packed
 */
public record UnpackedFile(Path path, String member) {

    /** How findings shall name it, when they name the packed file so. */
    public String nameIn(String packed) {
        return member.isEmpty() ? packed : packed + "/" + member;
    }
}
