package org.poolscope.model;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Evidence that cannot be read: which file, where in it, what is wrong, and what the user can do about it. */
public final class EvidenceException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String file;
    private final String place;
    private final String problem;
    private final String remedy;

    /**
     * Describes the failure.
     *
     * @param file what was being read
     * @param place where in it, for instance {@code offset 0x1000}; empty for the file as a whole
     * @param problem what is wrong, as a clause: {@code "the header counts 2147483648 runs, at most 86 fit"}
     * @param remedy what to do about it, as a sentence; empty when nothing can be done
     */
    public EvidenceException(Path file, String place, String problem, String remedy) {
        this(file, place, problem, remedy, null);
    }

    /** The same, caused by a failure below. */
    public EvidenceException(Path file, String place, String problem, String remedy, Throwable cause) {
        super(file + (place.isEmpty() ? "" : ", " + place) + ": " + problem + (remedy.isEmpty() ? "" : ". " + remedy), cause);
        this.file = file.toString();
        this.place = place;
        this.problem = problem;
        this.remedy = remedy;
    }

    /** A file that the system does not let us read, in words for the reasons users meet. */
    public static EvidenceException unreadable(Path file, IOException cause) {
        return switch (cause) {
            case NoSuchFileException e -> new EvidenceException(file, "", "no such file", "Check the path", e);
            case AccessDeniedException e -> new EvidenceException(file, "", "no permission to read it",
                    "Change the file's permissions or copy it", e);
            default -> new EvidenceException(file, "", "cannot be read: " + cause.getMessage(),
                    "Check the disk and copy the file again", cause);
        };
    }

    /** What was being read. */
    public String file() {
        return file;
    }

    /** Where in it; empty for the file as a whole. */
    public String place() {
        return place;
    }

    /** What is wrong. */
    public String problem() {
        return problem;
    }

    /** What to do about it; may be empty. */
    public String remedy() {
        return remedy;
    }
}
