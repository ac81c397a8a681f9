package org.poolscope.driver.pe;

/**
 * Which PDB file belongs to an image.
 *
 * @param pdb the file's name as the linker wrote it, often with a path of the build machine
 * @param guid 32 upper-case hex digits, or the 8 of the time stamp that old linkers wrote in its place
 * @param age how often the PDB file was written
 */
public record DebugId(String pdb, String guid, long age) {

    /** The name without its path. */
    public String fileName() {
        return pdb.substring(Math.max(pdb.lastIndexOf('\\'), pdb.lastIndexOf('/')) + 1);
    }
}
