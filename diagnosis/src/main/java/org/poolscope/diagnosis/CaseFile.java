package org.poolscope.diagnosis;

import java.util.List;

/**
 * One file of a case: what it was read as, and what of it was not understood.
 *
 * @param name the file, as the user named it
 * @param formats the formats found in it; empty when nobody could read it
 * @param facts how many facts came out of it
 * @param unread the numbers of text lines nobody understood, from 1
 * @param failure why it could not be read at all, or {@code null}
 */
public record CaseFile(String name, List<String> formats, int facts, List<Integer> unread, String failure) {

    public CaseFile {
        formats = List.copyOf(formats);
        unread = List.copyOf(unread);
    }

    /** Whether anything was had from it. */
    public boolean isRead() {
        return !formats.isEmpty() && failure == null;
    }
}
