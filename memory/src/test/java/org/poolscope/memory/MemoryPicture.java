package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.TreeMap;

/** Physical memory as a test paints it: a few pages, the rest not there. */
final class MemoryPicture {

    private final TreeMap<Long, ByteBuffer> pages = new TreeMap<>();

    /** A page of zeros. */
    MemoryPicture page(long physicalAddress) {
        pages.computeIfAbsent(physicalAddress >>> 12, pfn -> ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN));
        return this;
    }

    MemoryPicture u8(long physicalAddress, int value) {
        at(physicalAddress).put((int) (physicalAddress & 0xfff), (byte) value);
        return this;
    }

    MemoryPicture u16(long physicalAddress, int value) {
        at(physicalAddress).putShort((int) (physicalAddress & 0xfff), (short) value);
        return this;
    }

    MemoryPicture u32(long physicalAddress, long value) {
        at(physicalAddress).putInt((int) (physicalAddress & 0xfff), (int) value);
        return this;
    }

    MemoryPicture u64(long physicalAddress, long value) {
        at(physicalAddress).putLong((int) (physicalAddress & 0xfff), value);
        return this;
    }

    private ByteBuffer at(long physicalAddress) {
        page(physicalAddress);
        return pages.get(physicalAddress >>> 12);
    }

    /** The pages, by number. */
    TreeMap<Long, ByteBuffer> pages() {
        return pages;
    }

    /** All pages, packed in their order. */
    byte[] packed() {
        ByteBuffer all = ByteBuffer.allocate(pages.size() * 4096);
        pages.values().forEach(page -> all.put(page.duplicate().clear()));
        return all.array();
    }

    /** All memory from address 0 to the last page. */
    byte[] flat() {
        byte[] all = new byte[(int) (pages.lastKey() + 1) * 4096];
        pages.forEach((pfn, page) -> page.duplicate().clear().get(all, (int) (pfn * 4096), 4096));
        return all;
    }

    /** The memory, of a file that holds just these pages, after each other. */
    PhysicalMemory physical() {
        byte[] file = packed();
        PageRuns.Builder runs = new PageRuns.Builder(file.length);
        long offset = 0;
        for (long pfn : pages.keySet()) {
            runs.add(pfn, 1, offset);
            offset += 4096;
        }
        return new PhysicalMemory(MemorySegment.ofArray(file), runs.build());
    }
}
