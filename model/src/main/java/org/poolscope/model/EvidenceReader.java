package org.poolscope.model;

/**
 * Reads one format of evidence. Implementations are found with {@link java.util.ServiceLoader}; they are stateless and may be
 * used from several threads.
 *
 * <p>Several readers may take something from the same file: a debugger log holds listings of many kinds one after another.
 */
public interface EvidenceReader {

    /** The format as a user would name it, for instance {@code !poolused listing}. */
    String format();

    /** What it reads, for a list of all that is read: the format, and where that is a family of them, which. */
    default String reads() {
        return format();
    }

    /** Whether the file holds something of this format, judged by its content alone and never by its name. Cheap. */
    boolean recognises(EvidenceFile file);

    /**
     * Whether a file that begins with this format holds nothing else, as logs do that one tool writes. Whoever has many of them to read
     * need not ask all other readers about all their lines.
     */
    default boolean fillsFiles() {
        return false;
    }

    /**
     * Reads what the file holds of this format. Damage yields as much as can be had, and a warning.
     *
     * @throws EvidenceException when nothing at all can be had
     */
    void read(EvidenceFile file, FactSink sink) throws EvidenceException;
}
