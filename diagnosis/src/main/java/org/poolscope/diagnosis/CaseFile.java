package org.poolscope.diagnosis;

import java.util.List;
import org.poolscope.model.Provenance;

/**
 * One file of a case: what it was read as, and what of it was not understood.
 *
 * @param name the file, as the user named it
 * @param path what a user types to name it in a command
 * @param formats the formats found in it; empty when nobody could read it
 * @param facts how many facts came out of it
 * @param unreadLines how many lines of text nobody understood
 * @param unread those lines, the first {@value #UNREAD_KEPT} of them
 * @param failure why it could not be read at all, or {@code null}
 */
public record CaseFile(String name, String path, List<String> formats, int facts, int unreadLines, List<Provenance> unread, String failure) {

    /** The most lines kept of those nobody understood; all are counted. */
    public static final int UNREAD_KEPT = 10_000;

    public CaseFile {
        formats = List.copyOf(formats);
        unread = List.copyOf(unread);
    }

    /** Whether anything was had from it. */
    public boolean isRead() {
        return !formats.isEmpty() && failure == null;
    }
}
