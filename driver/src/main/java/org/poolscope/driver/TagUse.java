package org.poolscope.driver;

import java.nio.file.Path;
import org.poolscope.model.PoolTag;

/**
 * A driver file that uses a tag, or seems to.
 *
 * @param tag the tag
 * @param file the driver
 * @param source how that is known
 * @param sites how many calls, or how many places that read like the tag
 * @param confidence how sure it is
 */
public record TagUse(PoolTag tag, Path file, Source source, int sites, Confidence confidence) {

    /** How sure it is that a driver uses a tag. */
    public enum Confidence {
        /** A call with it was seen. */
        HIGH("high"),
        /** A number in its code, and it makes calls whose tag is not known. */
        MEDIUM("medium"),
        /** Chance as likely as not. */
        LOW("low");

        private final String word;

        Confidence(String word) {
            this.word = word;
        }

        /** The word in listings and JSON. */
        public String word() {
            return word;
        }
    }

    /** How it is known that a driver uses a tag, the surest first. */
    public enum Source {
        /** A call allocates with it. */
        CALL_SITE("callsite"),
        /** A number in the code reads like it. */
        CODE_LITERAL("literal"),
        /** Four bytes of data read like it: often chance. */
        DATA_LITERAL("literal");

        private final String word;

        Source(String word) {
            this.word = word;
        }

        /** The word in listings and JSON. */
        public String word() {
            return word;
        }
    }

    /** The driver's file name. */
    public String binary() {
        return file.getFileName().toString();
    }
}
