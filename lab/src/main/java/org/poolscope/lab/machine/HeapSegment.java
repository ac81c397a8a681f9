package org.poolscope.lab.machine;

import org.poolscope.lab.Dice;
import org.poolscope.lab.image.Access;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.symbols.StructLayout;

/** A segment of a heap: 256 units, the first of which hold a descriptor of each. Ranges are taken from its start on. */
final class HeapSegment {

    /** What a range holds, as its descriptors say. */
    static final int BLOCK = 0;
    static final int EQUAL_BLOCKS = 8;
    static final int CHUNKS = 0xc;

    private static final int UNITS = 256;
    private static final int PAGE = 4096;
    private static final long SALT = 0xa2e6_4ead_a2e6_4eadL;

    private final HeapWriting pools;
    private final KernelSpace space;
    private final StructLayout descriptor;
    private final long base;
    private final int shift;
    private final Dice dice;
    private int next;
    private long last;

    HeapSegment(HeapWriting pools, Struct context, long base, int shift) {
        this.pools = pools;
        this.space = pools.space();
        this.base = base;
        this.shift = shift;
        this.dice = pools.dice();
        this.descriptor = pools.symbols().get("_HEAP_PAGE_RANGE_DESCRIPTOR");
        StructLayout layout = pools.symbols().get("_HEAP_PAGE_SEGMENT");
        for (int at = 0; at < layout.size(); at += PAGE) {
            space.map(base + at, 1, Access.DATA);
        }
        Struct segment = new Struct(space, layout, base);
        space.insertTail(context.at("SegmentListHead"), segment.at("ListEntry"));
        segment.set("Signature", base ^ context.address() ^ pools.heapKey() ^ (pools.isLate() ? 0 : SALT));
        pools.part(segment.at("Signature"), 8, "signature of a segment", 0, 0);
        pools.part(segment.at("ListEntry"), 16, "link of a segment", 0, 0);
        context.set("SegmentCount", context.get("SegmentCount") + 1);
        this.next = (int) context.get("FirstDescriptorIndex");
    }

    /** Whether so many units are left. */
    boolean hasRoom(int units) {
        return next + units < UNITS;
    }

    /** Takes units for something; where they begin. Nothing is mapped there yet. */
    long take(int units, int what) {
        for (int i = 0; i < units; i++) {
            Struct one = descriptor(next + i);
            one.set("RangeFlags", 1 | (i == 0 ? 2 : 0) | what).set("CommittedPageCount", dice.below(16));
            if (i == 0) {
                one.set("UnitSize", units);
            } else {
                one.set("UnitOffset", i);
            }
        }
        long at = base + ((long) next << shift);
        last = (long) units << shift;
        for (int i = 0; i < units; i++) {
            pools.part(descriptor(next + i).at("RangeFlags"), 1, "flags of a range", at, at + last);
            pools.part(descriptor(next + i).at("UnitSize"), 1, "units of a range", at, at + last);
        }
        next += units;
        return at;
    }

    /** Bytes of what was taken last. */
    long lastBytes() {
        return last;
    }

    /** Leaves units free: the first says how many, the others keep what was there. */
    void leaveFree(int units) {
        descriptor(next).set("RangeFlags", dice.oneIn(2) ? 2 : 0).set("UnitSize", units);
        if (units > 1) {
            descriptor(next + units - 1).set("UnitOffset", units - 1);
        }
        next += units;
    }

    /** The rest is free. */
    void finish() {
        leaveFree(UNITS - next);
    }

    private Struct descriptor(int unit) {
        return new Struct(space, descriptor, base + (long) unit * descriptor.size());
    }
}
