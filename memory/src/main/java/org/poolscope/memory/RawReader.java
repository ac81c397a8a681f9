package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/**
 * Reads physical memory that stands in a file byte for byte. Machines with more than about 3 GB leave a hole below 4 GB for
 * devices; some tools write the hole as zeros, others (VMware's {@code .vmem}) leave it out, so that what follows it stands
 * lower in the file than in memory. The file does not say which; its page tables do ({@link SqueezedHole}).
 */
final class RawReader {

    private RawReader() {
    }

    static ImageContent read(MemorySegment file) {
        ImageContent content = new ImageContent(ImageFormat.RAW);
        long rest = file.byteSize() & (PhysicalMemory.PAGE_SIZE - 1);
        if (rest != 0) {
            content.warnings().add("the file ends inside a page: its last %d bytes are left out".formatted(rest));
        }
        PhysicalMemory flat = flat(file);
        OptionalLong hole = SqueezedHole.find(flat);
        if (hole.isPresent()) {
            content.warnings().add("the file leaves out the hole from 0x%x to 4 GB, as its page tables show"
                    .formatted(hole.getAsLong() << PhysicalMemory.PAGE_SHIFT));
        }
        content.physical(hole.isPresent() ? squeezed(file, hole.getAsLong()) : flat);
        return content;
    }

    /** The file as memory from address 0 on. */
    static PhysicalMemory flat(MemorySegment file) {
        PageRuns.Builder runs = new PageRuns.Builder(file.byteSize());
        runs.add(0, file.byteSize() >> PhysicalMemory.PAGE_SHIFT, 0);
        return new PhysicalMemory(file, runs.build());
    }

    /** The file as memory up to the hole, and from 4 GB on. */
    private static PhysicalMemory squeezed(MemorySegment file, long holePage) {
        PageRuns.Builder runs = new PageRuns.Builder(file.byteSize());
        long pages = file.byteSize() >> PhysicalMemory.PAGE_SHIFT;
        runs.add(0, holePage, 0);
        runs.add(SqueezedHole.END_PAGE, pages - holePage, holePage << PhysicalMemory.PAGE_SHIFT);
        return new PhysicalMemory(file, runs.build());
    }
}
