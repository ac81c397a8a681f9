package org.poolscope.memory;

import java.lang.foreign.MemorySegment;

/** Reads physical memory that stands in a file byte for byte. */
final class RawReader {

    private RawReader() {
    }

    static ImageContent read(MemorySegment file) {
        ImageContent content = new ImageContent(ImageFormat.RAW);
        long rest = file.byteSize() & (PhysicalMemory.PAGE_SIZE - 1);
        if (rest != 0) {
            content.warnings().add("the file ends inside a page: its last %d bytes are left out".formatted(rest));
        }
        PageRuns.Builder runs = new PageRuns.Builder(file.byteSize());
        runs.add(0, file.byteSize() >> PhysicalMemory.PAGE_SHIFT, 0);
        content.physical(new PhysicalMemory(file, runs.build()));
        return content;
    }
}
