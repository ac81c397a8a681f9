package org.poolscope.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What a format's reader found in a file: gathered field by field, then handed to {@link MemoryImage}. */
final class ImageContent {

    private final ImageFormat format;
    private final List<String> warnings = new ArrayList<>();
    private final List<PageDirectory> directories = new ArrayList<>();
    private CrashDumpHeader header;
    private PhysicalMemory physical;
    private TriageDump triage;
    private ScratchMemory scratch;
    private Supplier<Optional<String>> damage = Optional::empty;

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

    /**
     * Says that pages are unpacked when they are asked for.
     *
     * @param memory where to; closed with the image
     * @param found what turned out to be damaged so far
     */
    void unpackedBy(ScratchMemory memory, Supplier<Optional<String>> found) {
        this.scratch = memory;
        this.damage = found;
    }

    /** What turned out to be damaged since the image was opened. */
    Optional<String> damage() {
        return damage.get();
    }

    void close() {
        if (scratch != null) {
            scratch.close();
        }
    }

    /** What a small dump holds, or {@code null}. */
    TriageDump triage() {
        return triage;
    }

    void triage(TriageDump found) {
        this.triage = found;
    }
}
