package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps one address of each page. The kernel may map a page of pool a second time, for a driver that locked a buffer in it, and the page
 * reads the same from both. Pool pages are full of list heads and wait blocks that point into their own page: the address that more of
 * these name is the page's own.
 */
final class Aliases {

    private Aliases() {
    }

    /** Takes pages out of their groups that are the same as another page. */
    static void remove(PageGroup[] groups, MemorySegment bytes, int pointerSize) {
        Map<Long, int[]> first = twice(groups, bytes);
        if (first.isEmpty()) {
            return;
        }
        BitSet[] superfluous = new BitSet[groups.length];
        for (int g = 0; g < groups.length; g++) {
            superfluous[g] = new BitSet();
            for (int page = 0; page < groups[g].pages(); page++) {
                int[] rival = first.get(groups[g].offset[page]);
                if (rival == null || rival[0] == g && rival[1] == page) {
                    continue;
                }
                if (rival[0] < 0) {
                    rival[0] = g;
                    rival[1] = page;
                } else if (ownPointers(groups[g], page, bytes, pointerSize) > ownPointers(groups[rival[0]], rival[1], bytes, pointerSize)) {
                    superfluous[rival[0]].set(rival[1]);
                    rival[0] = g;
                    rival[1] = page;
                } else {
                    superfluous[g].set(page);
                }
            }
        }
        for (int g = 0; g < groups.length; g++) {
            if (!superfluous[g].isEmpty()) {
                groups[g] = groups[g].without(superfluous[g]);
            }
        }
    }

    /** The places in the image at which more than one page stands. */
    private static Map<Long, int[]> twice(PageGroup[] groups, MemorySegment bytes) {
        BitSet seen = new BitSet();
        Map<Long, int[]> twice = new HashMap<>();
        for (PageGroup group : groups) {
            for (long offset : group.offset) {
                int page = (int) Math.min(offset >>> Words.PAGE_SHIFT, Integer.MAX_VALUE - 1);
                if (seen.get(page)) {
                    twice.put(offset, new int[] {-1, -1});
                } else {
                    seen.set(page);
                }
            }
        }
        return twice;
    }

    private static int ownPointers(PageGroup group, int page, MemorySegment bytes, int pointerSize) {
        long own = group.address[page] >>> Words.PAGE_SHIFT;
        int count = 0;
        for (int i = 0; i < Words.PAGE; i += pointerSize) {
            count += Words.pointer(bytes, group.offset[page] + i, pointerSize) >>> Words.PAGE_SHIFT == own ? 1 : 0;
        }
        return count;
    }
}
