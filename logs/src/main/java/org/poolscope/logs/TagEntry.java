package org.poolscope.logs;

import org.poolscope.model.Provenance;
import org.poolscope.model.TagPattern;

/**
 * A row of a tag database.
 *
 * @param seenAt where it stands
 * @param pattern the tag, or the tags, it is about
 * @param binary who allocates with it, as databases write it: {@code mup.sys}, {@code nt!mm} for a part of the kernel;
 *     {@code null} when not known, or when there is not one
 * @param description what for; may be empty
 * @param use what the tag tells about who is to blame; a user's own database does not say, see {@link TagDatabase#use}
 */
public record TagEntry(Provenance seenAt, TagPattern pattern, String binary, String description, Use use) {

    /** What growth of a tag tells about who is to blame for it. */
    public enum Use {
        /** The binary allocates for itself. */
        OWN,
        /**
         * The binary allocates for whoever asked it to (file objects, requests, threads, tokens): growth tells about the one who
         * asks and does not give back.
         */
        BEHALF,
        /**
         * Many drivers use the tag: defaults of the system's own interfaces ({@code Io  }, {@code Ddk }) and libraries that are
         * part of several drivers ({@code SeSd}). It never names an owner by itself.
         */
        SHARED,
        /** The database does not say. */
        UNKNOWN
    }
}
