package org.poolscope.driver.code;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.poolscope.driver.code.Value.Passed;
import org.poolscope.driver.code.Value.StackAddress;
import org.poolscope.driver.code.Value.Unknown;

/** Registers and stack at one point of a function. */
public final class State {

    static final int SP = 4;
    static final int BP = 5;

    private static final int MOST_ESCAPES = 32;

    private final boolean wide;
    private final Value[] registers;
    private final StackSlots slots;
    /** Addresses in the frame that others know: what stands from there on may change during any call. */
    private final List<StackAddress> escaped;

    private State(boolean wide, Value[] registers, StackSlots slots, List<StackAddress> escaped) {
        this.wide = wide;
        this.registers = registers;
        this.slots = slots;
        this.escaped = escaped;
    }

    /** At the entry of a function: every register holds what the caller left there. */
    static State atEntry(boolean wide) {
        Value[] registers = new Value[wide ? 16 : 8];
        for (int i = 0; i < registers.length; i++) {
            registers[i] = new Passed(i, 0);
        }
        registers[SP] = new StackAddress(0, 0);
        return new State(wide, registers, new StackSlots(wide ? 8 : 4), new ArrayList<>());
    }

    State copy() {
        Value[] copied = new Value[registers.length];
        System.arraycopy(registers, 0, copied, 0, copied.length);
        return new State(wide, copied, new StackSlots(slots), escaped.isEmpty() ? new ArrayList<>(0) : new ArrayList<>(escaped));
    }

    /** Bytes of a pointer. */
    int pointerSize() {
        return wide ? 8 : 4;
    }

    Value register(int number) {
        return registers[number];
    }

    void set(int number, Value value) {
        registers[number] = value;
    }

    Value slot(StackAddress at, int width) {
        return slots.get(at, width);
    }

    void setSlot(StackAddress at, int width, Value value) {
        slots.put(at, width, value);
    }

    /** Forgets part of the frame. */
    void change(int base, long from, long to) {
        slots.change(base, from, to);
    }

    /** Notes that others may write the frame from an address on. */
    void escape(StackAddress at) {
        if (!escaped.contains(at)) {
            if (escaped.size() == MOST_ESCAPES) {
                escaped.removeFirst();
            }
            escaped.add(at);
        }
    }

    /**
     * Forgets what others may have changed while they ran. An object in the frame ends at the latest where the return address
     * stands; one of the caller's slots is as long as a pointer.
     */
    void calledOut() {
        for (StackAddress at : escaped) {
            boolean passed = at.base() == 0 && at.offset() > 0;
            slots.change(at.base(), at.offset(), passed ? at.offset() + pointerSize() : at.base() == 0 ? 0 : Integer.MAX_VALUE);
        }
    }

    /**
     * Keeps what both know; whether something was lost.
     *
     * @param widen whether to give up what is not the same, rather than to collect possibilities
     */
    boolean join(State other, boolean widen) {
        boolean changed = false;
        for (int i = 0; i < registers.length; i++) {
            if (registers[i] == other.registers[i]) {
                continue;
            }
            Value joined = Value.join(registers[i], other.registers[i], widen);
            if (!joined.equals(registers[i])) {
                registers[i] = joined;
                changed = true;
            }
        }
        changed |= slots.join(other.slots, widen);
        for (StackAddress at : other.escaped) {
            if (!escaped.contains(at) && escaped.size() < MOST_ESCAPES) {
                escaped.add(at);
                changed = true;
            }
        }
        return changed;
    }

    /** Forgets all registers but the stack pointer, which goes to an unknown place. */
    void forgetAll(int rva) {
        Arrays.fill(registers, Unknown.NOT_FOLLOWED);
        registers[SP] = new StackAddress(rva, 0);
        slots.change(0, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /**
     * An argument of the call that is about to be made.
     *
     * @param index its number from 0 on x64; on x86 the number of 4-byte words before it
     * @param jump whether the call is a jump, with the return address already on the stack
     */
    public Value argument(int index, boolean jump) {
        if (wide && index < 4) {
            return registers[switch (index) {
                case 0 -> 1;
                case 1 -> 2;
                case 2 -> 8;
                default -> 9;
            }];
        }
        return stack(pointerSize() * (index + (jump ? 1 : 0)));
    }

    /** What the called function finds at one of its {@link Passed#place() places}. */
    public Value passed(int place, boolean jump) {
        if (place < Passed.STACK) {
            return place < registers.length ? registers[place] : Unknown.NOT_FOLLOWED;
        }
        return stack(place - Passed.STACK - (jump ? 0 : pointerSize()));
    }

    private Value stack(int above) {
        if (registers[SP] instanceof StackAddress sp) {
            return slots.get(new StackAddress(sp.base(), sp.offset() + above), 4);
        }
        return Unknown.NOT_FOLLOWED;
    }

    /** Four bytes of a structure in the frame whose address was passed on; unknown when the address is not one in the frame. */
    public Value field(Value structure, int offset) {
        return structure instanceof StackAddress at ? slots.get(new StackAddress(at.base(), at.offset() + offset), 4) : Unknown.LOADED;
    }
}
