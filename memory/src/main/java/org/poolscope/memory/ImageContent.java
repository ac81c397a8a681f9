package org.poolscope.memory;

import java.util.ArrayList;
import java.util.List;

/** What a format's reader found in a file: gathered field by field, then handed to {@link MemoryImage}. */
final class ImageContent {

    private final ImageFormat format;
    private final List<String> warnings = new ArrayList<>();
    private final List<PageDirectory> directories = new ArrayList<>();
    private CrashDumpHeader header;
    private PhysicalMemory physical;
    private TriageDump triage;

    ImageContent(ImageFormat format) {
        this.format = format;
    }

    ImageFormat format() {
        return format;
    }

    /** What could not be read; readers add to it. */
    List<String> warnings() {
        return warnings;
    }

    /** Page directories the file names, the likeliest first; readers add to it. */
    List<PageDirectory> directories() {
        return directories;
    }

    /** The header, or {@code null}. */
    CrashDumpHeader header() {
        return header;
    }

    void header(CrashDumpHeader found) {
        this.header = found;
    }

    /** Physical memory, or {@code null}. */
    PhysicalMemory physical() {
        return physical;
    }

    void physical(PhysicalMemory found) {
        this.physical = found;
    }

    /** What a small dump holds, or {@code null}. */
    TriageDump triage() {
        return triage;
    }

    void triage(TriageDump found) {
        this.triage = found;
    }
}
