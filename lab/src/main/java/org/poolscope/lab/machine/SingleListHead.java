package org.poolscope.lab.machine;

import org.poolscope.lab.image.KernelSpace;
import org.poolscope.symbols.TypeLayouts;

/**
 * The head of a list without locks, an SLIST_HEADER, of kernels before Windows 7. On x86 it holds the first entry's address; on
 * x64, where it is exchanged by 8-byte operations, bits 4 to 42 of it, and its highest three in the word behind.
 */
final class SingleListHead {

    private static final int NEXT_BITS = 39;
    private static final int UNIT_BITS = 4;
    private static final int REGION = 61;

    private final KernelSpace space;
    private final Struct header;
    private final boolean wide;
    private final String prefix;

    SingleListHead(KernelSpace space, TypeLayouts layouts, long address) {
        this.space = space;
        this.header = new Struct(space, layouts.get("_SLIST_HEADER"), address);
        this.wide = space.pointerSize() == Long.BYTES;
        this.prefix = wide ? "Header8." : "";
    }

    /** The first entry; 0 when there is none. */
    long first() {
        if (!wide) {
            return header.get("Next.Next");
        }
        long next = header.get("Header8.NextEntry");
        return next == 0 ? 0 : -1L << NEXT_BITS + UNIT_BITS | next << UNIT_BITS;
    }

    /** Puts an entry in front, which itself leads to what was the first. */
    void push(long entry) {
        if (wide) {
            header.set("Header8.NextEntry", entry >>> UNIT_BITS & (1L << NEXT_BITS) - 1);
            space.put64(header.address() + Long.BYTES, entry & -1L << REGION);
        } else {
            header.set("Next.Next", entry);
        }
        header.set(prefix + "Depth", header.get(prefix + "Depth") + 1);
        header.set(prefix + "Sequence", header.get(prefix + "Sequence") + 1);
    }
}
