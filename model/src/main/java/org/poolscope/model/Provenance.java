package org.poolscope.model;

/**
 * Where in the evidence something was seen.
 *
 * @param file the file, as the user named it (relative to what was handed in where that is shorter)
 * @param at the place in it: {@code line 12}, {@code offset 0x2000}, {@code address 0x8055a000}; never {@code null}, may be
 *     empty for the file as a whole
 * @param text the line, bytes or value that stand there, as short as can be shown; may be empty
 */
public record Provenance(String file, String at, String text) {

    /** A place with nothing to quote. */
    public Provenance(String file, String at) {
        this(file, at, "");
    }

    /** The same place with this text quoted. */
    public Provenance quoting(String quoted) {
        return new Provenance(file, at, quoted);
    }

    @Override
    public String toString() {
        return at.isEmpty() ? file : file + ", " + at;
    }
}
