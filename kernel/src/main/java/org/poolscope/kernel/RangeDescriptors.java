package org.poolscope.kernel;

import org.poolscope.memory.PagedMemory;
import org.poolscope.model.PoolKind;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/**
 * Reads the descriptors at the start of a segment: which units make a range, and what it holds. The first descriptor of a range says how
 * many units it has; each one behind it in a range that is given away says how far it is from the first.
 */
final class RangeDescriptors {

    private static final int COUNT = 256;
    /** Bits of {@code RangeFlags}: given away, and the first unit of a range. */
    private static final int ALLOCATED = 1;
    private static final int FIRST = 2;
    private static final int WHAT = 0x0c;
    private static final int EQUAL_BLOCKS = 0x08;
    private static final int CHUNKS = 0x0c;

    private final PagedMemory memory;
    private final FlawList flaws;
    private final HeapRanges.Builder ranges;
    private final int array;
    private final int arrayBytes;
    private final int size;
    private final int flagsAt;
    private final int unitsAt;
    private final int offsetAt;
    private final int[] flags = new int[COUNT];
    private final int[] units = new int[COUNT];
    private final int[] offsets = new int[COUNT];

    RangeDescriptors(PagedMemory memory, TypeLayouts layouts, FlawList flaws, HeapRanges.Builder ranges) {
        this.memory = memory;
        this.flaws = flaws;
        this.ranges = ranges;
        StructLayout descriptor = layouts.get("_HEAP_PAGE_RANGE_DESCRIPTOR");
        StructLayout segment = layouts.get("_HEAP_PAGE_SEGMENT");
        this.array = segment.offset("DescArray");
        this.arrayBytes = segment.size();
        this.size = descriptor.size();
        this.flagsAt = descriptor.offset("RangeFlags");
        this.unitsAt = descriptor.offset("UnitSize");
        this.offsetAt = descriptor.offset("UnitOffset");
    }

    /**
     * Reads the ranges of one segment.
     *
     * @param from nothing before this address is taken: the segment before reaches so far
     * @return where the segment ends
     */
    long read(long segment, HeapSegments.Context context, long from) {
        for (int i = 0; i < COUNT; i++) {
            long at = segment + array + (long) i * size;
            flags[i] = memory.u8(at + flagsAt);
            units[i] = memory.u8(at + unitsAt);
            offsets[i] = memory.u8(at + offsetAt);
        }
        int shift = context.unitShift();
        int first = Math.max(1, arrayBytes >>> shift);
        if (Long.compareUnsigned(segment, from) < 0) {
            flaws.add(segment, "a segment begins inside of another");
            return from;
        }
        add(segment, first, 0, shift, HeapRanges.Kind.DESCRIPTORS, context.pool());
        for (int i = first; i < COUNT;) {
            int length = range(segment, i);
            HeapRanges.Kind kind = (flags[i] & FIRST) == 0 && (flags[i] & ALLOCATED) != 0 ? HeapRanges.Kind.FREE : kind(segment, i);
            add(segment, length, i, shift, kind, context.pool());
            i += length;
        }
        return segment + context.segmentBytes();
    }

    private void add(long segment, int length, int unit, int shift, HeapRanges.Kind kind, PoolKind pool) {
        ranges.add(segment + ((long) unit << shift), (long) length << shift, kind, pool);
    }

    private HeapRanges.Kind kind(long segment, int unit) {
        if ((flags[unit] & ALLOCATED) == 0) {
            return HeapRanges.Kind.FREE;
        }
        return switch (flags[unit] & WHAT) {
            case 0 -> HeapRanges.Kind.BLOCK;
            case EQUAL_BLOCKS -> HeapRanges.Kind.EQUAL_BLOCKS;
            case CHUNKS -> HeapRanges.Kind.CHUNKS;
            default -> {
                flaws.add(place(segment, unit), "a range of a segment is of a kind that is not known, 0x%x".formatted(flags[unit]));
                yield HeapRanges.Kind.BLOCK;
            }
        };
    }

    private long place(long segment, int unit) {
        return segment + array + (long) unit * size;
    }

    /** How many units the range has that begins with a unit; at least 1. */
    private int range(long segment, int unit) {
        int told = units[unit];
        if ((flags[unit] & ALLOCATED) == 0) {
            return freeRange(segment, unit, told);
        }
        if ((flags[unit] & FIRST) == 0) {
            flaws.add(place(segment, unit), "a range of a segment has no first unit");
            return 1;
        }
        int counted = 1;
        while (unit + counted < COUNT && (flags[unit + counted] & (ALLOCATED | FIRST)) == ALLOCATED && offsets[unit + counted] == counted) {
            counted++;
        }
        if (told == counted) {
            return told;
        }
        flaws.add(place(segment, unit), "a range of a segment has %d units by its first and %d by the others".formatted(told, counted));
        return told > counted && belong(unit, told) ? told : counted;
    }

    /** Whether so many units from one on may be a range, a few of whose descriptors are damaged. */
    private boolean belong(int unit, int count) {
        if (unit + count > COUNT || unit + count < COUNT && !isBoundary(unit + count)) {
            return false;
        }
        int wrong = 0;
        for (int i = 1; i < count; i++) {
            boolean first = (flags[unit + i] & FIRST) != 0;
            boolean apart = offsets[unit + i] != i;
            if (first && apart) {
                return false;
            }
            wrong += first || apart ? 1 : 0;
        }
        return wrong <= 1 + count / 8;
    }

    /** Units behind the first of a free range hold nothing that can be relied on. */
    private int freeRange(long segment, int unit, int told) {
        if (told > 0 && unit + told <= COUNT && (unit + told == COUNT || isBoundary(unit + told))) {
            return told;
        }
        int counted = 1;
        while (unit + counted < COUNT && (flags[unit + counted] & (ALLOCATED | FIRST)) != (ALLOCATED | FIRST)) {
            counted++;
        }
        if (told != 0 || flags[unit] != 0) {
            flaws.add(place(segment, unit), "a free range of a segment has %d units, which leads to no other range".formatted(told));
        }
        return counted;
    }

    private boolean isBoundary(int unit) {
        return (flags[unit] & ALLOCATED) == 0 || (flags[unit] & FIRST) != 0;
    }
}
