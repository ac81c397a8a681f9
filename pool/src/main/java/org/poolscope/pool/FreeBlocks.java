package org.poolscope.pool;

import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The free blocks of a pool, which stand between blocks in use.
 *
 * @param blocks how many there are
 * @param bytes their bytes, headers included
 * @param bySize how many there are of each size in bytes, header included
 */
public record FreeBlocks(long blocks, long bytes, NavigableMap<Integer, Long> bySize) {

    public FreeBlocks {
        bySize = Collections.unmodifiableNavigableMap(new TreeMap<>(bySize));
    }

    /** Bytes of the largest, header included; 0 when there is none. */
    public int largest() {
        return bySize.isEmpty() ? 0 : bySize.lastKey();
    }
}
