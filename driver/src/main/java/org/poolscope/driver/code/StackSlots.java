package org.poolscope.driver.code;

import java.util.Arrays;
import org.poolscope.driver.code.Value.Constant;
import org.poolscope.driver.code.Value.Passed;
import org.poolscope.driver.code.Value.StackAddress;
import org.poolscope.driver.code.Value.Unknown;

/**
 * What is known of the stack frame: values by place, in the order of the places, none overlapping another. A place that was never written
 * holds what the caller put there when it lies above the return address, and nothing known below it.
 */
final class StackSlots {

    /** Frames with more known slots than this are not followed further: knowledge of local variables is dropped. */
    private static final int MOST_SLOTS = 256;
    /** The longest slot: the bytes one instruction writes. */
    private static final int LONGEST = 64;

    private final int pointerSize;
    /** Bytes above the return address that the caller reserved but left empty: the x64 calling convention's home space. */
    private final int home;
    private long[] places;
    private byte[] widths;
    private Value[] values;
    private int size;

    StackSlots(int pointerSize) {
        this.pointerSize = pointerSize;
        this.home = pointerSize == 8 ? 32 : 0;
        this.places = new long[8];
        this.widths = new byte[8];
        this.values = new Value[8];
    }

    StackSlots(StackSlots other) {
        pointerSize = other.pointerSize;
        home = other.home;
        int room = Math.max(8, other.size + 2);
        size = other.size;
        // Not Arrays.copyOf: of objects it is slow until the second compiler has been at it, and states are copied more often than that.
        places = new long[room];
        widths = new byte[room];
        values = new Value[room];
        System.arraycopy(other.places, 0, places, 0, size);
        System.arraycopy(other.widths, 0, widths, 0, size);
        System.arraycopy(other.values, 0, values, 0, size);
    }

    /** A place as one number, in the order of bases, then of offsets. */
    private static long place(int base, long offset) {
        return (long) base << 32 | offset + 0x8000_0000L & 0xffff_ffffL;
    }

    private static int base(long place) {
        return (int) (place >> 32);
    }

    private static int offset(long place) {
        return (int) ((place & 0xffff_ffffL) - 0x8000_0000L);
    }

    /** The first slot that ends after a place; {@code size} when there is none. */
    private int from(long place) {
        int at = Arrays.binarySearch(places, 0, size, place);
        if (at >= 0) {
            return at;
        }
        at = -at - 1;
        return at > 0 && places[at - 1] + widths[at - 1] > place ? at - 1 : at;
    }

    /** What a slot holds, at most {@code width} bytes of it. */
    Value get(StackAddress at, int width) {
        return get(place(at.base(), at.offset()), width);
    }

    private Value get(long wanted, int width) {
        int slot = from(wanted);
        if (slot == size || places[slot] >= wanted + width) {
            return untouched(wanted);
        }
        if (places[slot] == wanted) {
            return widths[slot] >= width ? values[slot] : Unknown.COMPUTED;
        }
        return places[slot] < wanted ? part(slot, (int) (wanted - places[slot]), width) : Unknown.COMPUTED;
    }

    /** Some bytes out of the middle of a slot: compilers write two constants with one instruction. */
    private Value part(int slot, int from, int width) {
        boolean inside = from + width <= widths[slot] && from + width <= 8;
        return inside && values[slot] instanceof Constant constant
                ? new Constant(constant.number() >>> 8 * from & (1L << 8 * width) - 1) : Unknown.COMPUTED;
    }

    private Value untouched(long place) {
        int offset = offset(place);
        boolean passed = base(place) == 0 && offset >= pointerSize + home && offset % pointerSize == 0;
        return passed ? new Passed(Passed.STACK + offset, 0) : Unknown.LOADED;
    }

    /** Writes a slot. */
    void put(StackAddress at, int width, Value value) {
        put(place(at.base(), at.offset()), width, value);
    }

    private void put(long place, int width, Value value) {
        int kept = Math.min(width, LONGEST);
        remove(place, place + width);
        if (size == MOST_SLOTS) {
            dropLocals();
        }
        if (size == places.length) {
            places = Arrays.copyOf(places, size * 2);
            widths = Arrays.copyOf(widths, size * 2);
            values = Arrays.copyOf(values, size * 2);
        }
        int slot = from(place);
        System.arraycopy(places, slot, places, slot + 1, size - slot);
        System.arraycopy(widths, slot, widths, slot + 1, size - slot);
        System.arraycopy(values, slot, values, slot + 1, size - slot);
        places[slot] = place;
        widths[slot] = (byte) kept;
        values[slot] = value;
        size++;
    }

    private void dropLocals() {
        int first = from(place(0, pointerSize));
        int last = from(place(1, Integer.MIN_VALUE));
        int kept = Math.min(last - first, MOST_SLOTS / 2);
        System.arraycopy(places, first, places, 0, kept);
        System.arraycopy(widths, first, widths, 0, kept);
        System.arraycopy(values, first, values, 0, kept);
        size = kept;
    }

    private void remove(long from, long to) {
        int first = from(from);
        int last = first;
        while (last < size && places[last] < to) {
            last++;
        }
        if (last > first) {
            System.arraycopy(places, last, places, first, size - last);
            System.arraycopy(widths, last, widths, first, size - last);
            System.arraycopy(values, last, values, first, size - last);
            size -= last - first;
        }
    }

    /** Forgets a range: somebody may have written there. */
    void change(int base, long from, long to) {
        long start = Math.max(from, Integer.MIN_VALUE);
        long end = Math.min(to, Integer.MAX_VALUE);
        if (end <= start) {
            return;
        }
        remove(place(base, start), place(base, end));
        if (base == 0 && end > pointerSize) {
            long first = Math.max(pointerSize, start & -pointerSize);
            for (long at = first; at < Math.min(end, first + LONGEST); at += pointerSize) {
                put(place(0, at), pointerSize, Unknown.LOADED);
            }
        }
    }

    /**
     * Keeps what both know; whether something was lost.
     *
     * @param widen whether to give up a value that is not the same, rather than to collect possibilities
     */
    boolean join(StackSlots other, boolean widen) {
        boolean changed = false;
        for (int i = 0; i < size; i++) {
            if (i < other.size && places[i] == other.places[i] && widths[i] == other.widths[i] && values[i] == other.values[i]) {
                continue;   // most slots are the same, and stand at the same place
            }
            Value joined = Value.join(values[i], other.get(places[i], widths[i]), widen);
            if (!joined.equals(values[i])) {
                changed = true;
                values[i] = joined;
            }
        }
        for (int i = 0; i < other.size; i++) {
            long place = other.places[i];
            if ((i >= size || places[i] != place) && untouched(place) instanceof Passed && Arrays.binarySearch(places, 0, size, place) < 0) {
                put(place, other.widths[i], Unknown.DIFFERS);
                changed = true;
            }
        }
        return changed;
    }
}
