package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import org.poolscope.memory.LittleEndian;

/** Pages and pointers. */
final class Words {

    /** Bytes of a page, on x86 and x64. */
    static final int PAGE = 4096;
    static final int PAGE_SHIFT = 12;
    static final int PAGE_MASK = PAGE - 1;

    private Words() {
    }

    /** The pointer at a place in an image: four bytes zero-extended, or eight as they are. */
    static long pointer(MemorySegment bytes, long at, int size) {
        return size == Integer.BYTES ? Integer.toUnsignedLong(bytes.get(LittleEndian.U32, at)) : bytes.get(LittleEndian.U64, at);
    }
}
