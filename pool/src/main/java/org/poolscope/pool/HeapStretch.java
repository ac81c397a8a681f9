package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.poolscope.memory.LittleEndian;
import org.poolscope.memory.PagedMemory;

/**
 * A range of pages of a heap that is being taken apart: its bytes, wherever each page stands in the image, and what was found out of
 * it, as marks in ascending order. A mark says what begins at a unit; it holds up to the next. Kept from one range to the next, by one
 * thread.
 */
final class HeapStretch {

    /** Mark of an allocation of whole pages, which is known from elsewhere. */
    static final int BIG = BlockState.values().length;

    private static final int ALLOCATED = BlockState.ALLOCATED.ordinal();
    private static final int FREE = BlockState.FREE.ordinal();
    private static final int DAMAGED = BlockState.DAMAGED.ordinal();
    private static final int HEAP = BlockState.HEAP.ordinal();

    private final PagedMemory memory;
    private final MemorySegment bytes;
    private final int unitShift;
    private final int pageUnits;
    private long address;
    private int length;
    private long[] offsets = new long[16];
    private int[] unit = new int[256];
    private byte[] state = new byte[256];
    private int[] tag = new int[256];
    private int marks;
    private int missing;

    HeapStretch(PagedMemory memory, HeaderFormat format) {
        this.memory = memory;
        this.bytes = memory.bytes();
        this.unitShift = format.unitShift();
        this.pageUnits = format.pageUnits();
    }

    /** Begins a range of whole pages; at least one page can be read when this answers true. */
    boolean begin(long start, int pages) {
        address = start;
        length = pages << Words.PAGE_SHIFT;
        marks = 0;
        missing = 0;
        offsets = pages > offsets.length ? new long[pages] : offsets;
        for (int i = 0; i < pages; i++) {
            offsets[i] = memory.locate(start + ((long) i << Words.PAGE_SHIFT));
            missing += offsets[i] < 0 ? 1 : 0;
        }
        return missing < pages;
    }

    long address() {
        return address;
    }

    /** Bytes of the range. */
    int length() {
        return length;
    }

    /** How many of its pages cannot be read. */
    int missing() {
        return missing;
    }

    /** Whether the page of a place inside can be read. */
    boolean has(int at) {
        return at >= 0 && at < length && offsets[at >>> Words.PAGE_SHIFT] >= 0;
    }

    /** The eight bytes at a place that has them all on one page. */
    long u64(int at) {
        return bytes.get(LittleEndian.U64, offsets[at >>> Words.PAGE_SHIFT] + (at & Words.PAGE_MASK));
    }

    /** The four bytes at a place that has them all on one page. */
    int u32(int at) {
        return bytes.get(LittleEndian.U32, offsets[at >>> Words.PAGE_SHIFT] + (at & Words.PAGE_MASK));
    }

    /** Says what begins at a place; places must ascend, and of two marks at one place the later holds. */
    void mark(int at, int what, int name) {
        int to = at >>> unitShift;
        if (marks > 0 && unit[marks - 1] >= to) {
            marks--;
        } else if (marks == unit.length) {
            unit = Arrays.copyOf(unit, 2 * marks);
            state = Arrays.copyOf(state, 2 * marks);
            tag = Arrays.copyOf(tag, 2 * marks);
        }
        unit[marks] = to;
        state[marks] = (byte) what;
        tag[marks++] = name;
    }

    /** A block in use. */
    void block(int at, int name) {
        mark(at, ALLOCATED, name);
    }

    void free(int at, int name) {
        mark(at, FREE, name);
    }

    void damaged(int at) {
        mark(at, DAMAGED, 0);
    }

    void heap(int at) {
        mark(at, HEAP, 0);
    }

    /** Whether blocks were not seen because their headers could not be read. */
    boolean hasGap() {
        for (int i = 0; i < marks; i++) {
            if (state[i] == DAMAGED) {
                return true;
            }
        }
        return false;
    }

    /** Puts all pages that can be read, and hold more than a part of an allocation of whole pages, into a group. */
    void into(PageGroup.Builder group, boolean paged) {
        int mark = 0;
        for (int page = 0; page < length >>> Words.PAGE_SHIFT; page++) {
            int first = page * pageUnits;
            int end = first + pageUnits;
            while (mark < marks && unit[mark] < first) {
                mark++;
            }
            int carried = mark == 0 ? HEAP : state[mark - 1];
            boolean begins = mark < marks && unit[mark] == first;
            boolean alone = begins ? state[mark] == BIG && (mark + 1 == marks || unit[mark + 1] >= end)
                    : carried == BIG && (mark == marks || unit[mark] >= end);
            if (offsets[page] >= 0 && !alone) {
                page(group, page, begins ? mark - 1 : carry(group, carried, mark), first, paged);
            }
        }
    }

    /** Puts what reaches into a page from the one before; a block does not, so what is marked as one is not to be trusted. */
    private int carry(PageGroup.Builder group, int carried, int mark) {
        group.makeRoom();
        put(group, 0, 0, carried == ALLOCATED ? DAMAGED : carried, 0);
        return mark - 1;
    }

    private void page(PageGroup.Builder group, int page, int before, int first, boolean paged) {
        group.makeRoom();
        int count = before + 1 < marks && unit[before + 1] == first ? 0 : 1;
        boolean shared = count == 1 && before >= 0 && state[before] == BIG;
        for (int i = before + 1; i < marks && unit[i] < first + pageUnits; i++) {
            put(group, count++, unit[i] - first, state[i], tag[i]);
            shared |= state[i] == BIG;
        }
        group.add(address + ((long) page << Words.PAGE_SHIFT), offsets[page], PageParser.segment(paged, shared), count);
    }

    private static void put(PageGroup.Builder group, int number, int at, int what, int name) {
        int kept = what == BIG ? HEAP : what;
        group.place[group.blocks + number] = (char) (at | kept << PageParser.STATE_SHIFT);
        group.tag[group.blocks + number] = name;
    }
}
