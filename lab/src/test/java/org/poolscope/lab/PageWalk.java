package org.poolscope.lab;

import java.util.HashMap;
import java.util.Map;

/**
 * The rule every page of a classic pool keeps: each block names the size of the one before it, and the last one ends with the
 * page. An independent check for pages of the lab and of real kernels alike.
 */
final class PageWalk {

    /** Blocks by tag, size with header and whether allocated. */
    final Map<String, Integer> blocks = new HashMap<>();
    int pages;
    int broken;
    long freeBytes;

    private final ImageProbe image;
    private final int inUseMask;

    /** @param inUseMask bits of the type field of which one is set in an allocated block */
    PageWalk(ImageProbe image, int inUseMask) {
        this.image = image;
        this.inUseMask = inUseMask;
    }

    void page(long va) {
        Map<String, Integer> found = new HashMap<>();
        long free = 0;
        int at = image.place(va);
        int before = 0;
        int offset = 0;
        int shift = image.wide ? 4 : 3;
        while (offset < 4096) {
            int header = image.file.getInt(at + offset);
            int previous = image.wide ? header & 0xff : header & 0x1ff;
            int size = image.wide ? header >>> 16 & 0xff : header >>> 16 & 0x1ff;
            int type = image.wide ? header >>> 24 : header >>> 25;
            if (previous != before || size == 0) {
                broken++;
                return;
            }
            if ((type & inUseMask) == 0) {
                free += (long) size << shift;
            } else {
                found.merge(tag(image.file.getInt(at + offset + 4)) + " " + (size << shift), 1, Integer::sum);
            }
            before = size;
            offset += size << shift;
        }
        if (offset != 4096) {
            broken++;
            return;
        }
        pages++;
        freeBytes += free;
        found.forEach((key, count) -> blocks.merge(key, count, Integer::sum));
    }

    private static String tag(int key) {
        return new org.poolscope.model.PoolTag(key).toString();
    }
}
