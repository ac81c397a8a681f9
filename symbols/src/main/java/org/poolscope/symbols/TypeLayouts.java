package org.poolscope.symbols;

import java.util.Optional;

/** Structure layouts of one kernel build, from wherever they are known. */
public interface TypeLayouts {

    /** The structure's layout, if this build has the structure and the source knows it. */
    Optional<StructLayout> find(String type);

    /**
     * The structure's layout.
     *
     * @throws UnknownLayoutException when it is not known
     */
    default StructLayout get(String type) {
        return find(type).orElseThrow(() -> new UnknownLayoutException("structure " + type + " of " + this));
    }

    /**
     * What a user must know before trusting these layouts, as a clause: for instance that the build is newer than all known ones.
     */
    default Optional<String> caveat() {
        return Optional.empty();
    }
}
