package org.poolscope.symbols.store;

/**
 * One place where symbols were looked for.
 *
 * @param place a file or an address of the web
 * @param outcome how it went
 * @param why what was wrong with the place or with what stood there; empty when nothing was
 */
public record Attempt(String place, Outcome outcome, String why) {

    /** How a look at a place went. */
    public enum Outcome {
        /** The symbols are there. */
        FOUND,
        /** There is nothing. */
        ABSENT,
        /** Something is there, and cannot be used: it is of another program, or damaged. */
        REFUSED,
        /** The place itself cannot be read or reached. */
        FAILED
    }

    @Override
    public String toString() {
        return place + ": " + (why.isEmpty() ? outcome.name().toLowerCase(java.util.Locale.ROOT) : why);
    }
}
