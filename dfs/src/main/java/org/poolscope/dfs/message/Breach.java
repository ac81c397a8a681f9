package org.poolscope.dfs.message;

import java.util.Objects;

/**
 * A place where the bytes of a message break its layout.
 *
 * @param kind what is broken
 * @param offset where in the message, in bytes from its start
 * @param entry the referral entry it belongs to, from 0; -1 for the message as a whole
 * @param message what is wrong, as a sentence
 */
public record Breach(Kind kind, int offset, int entry, String message) {

    /** What can be broken. */
    public enum Kind {
        /** The message ends before its fixed part does. */
        CUT_HEADER,
        /** An entry, or one the header counts, lies beyond the end of the message. */
        CUT_ENTRY,
        /** An entry's Size is smaller than its fixed part, or odd. */
        ENTRY_SIZE,
        /** An entry of a version the protocol does not have. */
        UNKNOWN_VERSION,
        /** A string's offset lies outside the message. */
        STRING_OUTSIDE,
        /** A string begins inside the entries, whose bytes it then shares. */
        STRING_INSIDE_ENTRIES,
        /** A string begins at an odd offset. */
        STRING_UNALIGNED,
        /** A string has no NUL at its end before the message ends. */
        STRING_UNTERMINATED,
        /** A length field disagrees with what is there. */
        LENGTH,
        /** Strings overlap so often that they stand for far more text than the message holds; the rest was not read. */
        TOO_MUCH_TEXT
    }

    /** Checks that kind and message are there. */
    public Breach {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(message, "message");
    }
}
