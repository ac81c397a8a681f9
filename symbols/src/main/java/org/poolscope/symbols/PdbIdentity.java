package org.poolscope.symbols;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which symbol file belongs to an executable: what the executable's debug directory says, and what the symbol file says of
 * itself. A linker makes a new GUID for each program it links, so a file with another GUID has nothing to say about this program.
 *
 * @param name file name of the PDB, without a path
 * @param guid 32 upper-case hex digits
 * @param age how often the PDB was written again for the same program
 */
public record PdbIdentity(String name, String guid, long age) {

    private static final Pattern GUID = Pattern.compile("[0-9A-F]{32}");
    private static final Pattern NAME = Pattern.compile("[^/\\\\:*?\"<>|\\p{Cntrl}]{1,128}");

    /**
     * An identity out of evidence; empty when the name could not be a file's or the GUID is none. Only the last part of a name
     * with a path counts: drivers carry the path of their author's machine.
     */
    public static Optional<PdbIdentity> of(String name, String guid, long age) {
        String file = name.substring(Math.max(name.lastIndexOf('\\'), name.lastIndexOf('/')) + 1);
        String digits = guid.toUpperCase(Locale.ROOT).replace("-", "");
        return NAME.matcher(file).matches() && !file.startsWith(".") && GUID.matcher(digits).matches() && age >= 0
                && age <= 0xffff_ffffL
                ? Optional.of(new PdbIdentity(file, digits, age)) : Optional.empty();
    }

    /** GUID and age (decimal) joined by a hyphen, as ISF files are named. */
    public String key() {
        return guid + "-" + age;
    }

    /** GUID and age (hexadecimal), as the folders of a symbol store are named. */
    public String folder() {
        return guid + Long.toHexString(age).toUpperCase(Locale.ROOT);
    }

    /** Whether two identities are of one program's symbols, whatever the files are called. */
    public boolean sameProgram(PdbIdentity other) {
        return guid.equals(other.guid) && age == other.age;
    }

    @Override
    public String toString() {
        return name + " " + key();
    }
}
