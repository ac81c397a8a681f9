package org.poolscope.driver.code;

import java.util.ArrayList;
import java.util.List;

/**
 * What is known of the content of a register or a stack slot at one point of a function. Immutable.
 *
 * <p>Values are compared and told apart for every instruction that is followed, and a scan is over before the second compiler begins: so equality is
 * written out, and what tells them apart are chains of {@code instanceof}. What the compiler makes for records and for switches over types goes
 * through method handles, which only the second compiler makes fast.
 */
public sealed interface Value {

    /** The most constants that are kept apart. */
    int MOST_CHOICES = 8;

    /** Nothing is known, and why. */
    enum Unknown implements Value {
        /** It was read from memory that changes. */
        LOADED("loaded from memory"),
        /** It is the result of arithmetic on something unknown. */
        COMPUTED("computed"),
        /** Another function returned it. */
        RETURNED("returned by a function"),
        /** It depends on the way the code took, with too many or unlike possibilities. */
        DIFFERS("differs by the way taken"),
        /** The code before it could not be followed. */
        NOT_FOLLOWED("the code before it could not be followed");

        private final String reason;

        Unknown(String reason) {
            this.reason = reason;
        }

        /** The reason as a clause. */
        public String reason() {
            return reason;
        }
    }

    /**
     * A number.
     *
     * @param number the number, zero-extended from its width
     * @param origin the RVA of the four bytes it comes from unchanged; 0 when it is computed or narrower
     * @param inData whether these bytes stand in data, not in an instruction
     */
    record Constant(long number, int origin, boolean inData) implements Value {

        /** A number that no four bytes stand for. */
        Constant(long number) {
            this(number, 0, false);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Constant constant && constant.number == number && constant.origin == origin && constant.inData == inData;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(number) * 31 + origin;
        }

        /** The sum with another number. */
        public Constant plus(long other) {
            return other == 0 ? this : new Constant(number + other);
        }
    }

    /**
     * One of several numbers, by the way the code took.
     *
     * @param options the numbers, in order
     */
    record Choice(List<Constant> options) implements Value {

        public Choice {
            options = List.copyOf(options);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Choice choice && choice.options.equals(options);
        }

        @Override
        public int hashCode() {
            return options.hashCode();
        }
    }

    /**
     * A register or stack slot as the caller left it, plus a number.
     *
     * @param place a register's number, or {@link #STACK} plus the distance from where the return address stands
     * @param plus what was added
     */
    record Passed(int place, long plus) implements Value {

        /** From here on a place is a stack slot. */
        public static final int STACK = 16;

        @Override
        public boolean equals(Object other) {
            return other instanceof Passed passed && passed.place == place && passed.plus == plus;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(plus) * 31 + place;
        }

        /** Whether it came on the stack. */
        public boolean isOnStack() {
            return place >= STACK;
        }
    }

    /**
     * An address in the function's stack frame.
     *
     * @param base 0 for where the return address stands, else the RVA of the instruction that put the stack pointer somewhere
     *     that is not known
     * @param offset bytes from there
     */
    record StackAddress(int base, int offset) implements Value {

        @Override
        public boolean equals(Object other) {
            return other instanceof StackAddress address && address.base == base && address.offset == offset;
        }

        @Override
        public int hashCode() {
            return base * 31 + offset;
        }
    }

    /**
     * What a variable of the image holds, unchanged.
     *
     * @param rva where it stands
     */
    record Variable(int rva) implements Value {

        @Override
        public boolean equals(Object other) {
            return other instanceof Variable variable && variable.rva == rva;
        }

        @Override
        public int hashCode() {
            return rva * 31 + 1;
        }
    }

    /**
     * The address of an imported function.
     *
     * @param slotRva the slot it was read from
     */
    record ImportPointer(int slotRva) implements Value {

        @Override
        public boolean equals(Object other) {
            return other instanceof ImportPointer pointer && pointer.slotRva == slotRva;
        }

        @Override
        public int hashCode() {
            return slotRva * 31 + 2;
        }
    }

    /**
     * An address in the table of functions that a framework handed to the driver.
     *
     * @param offset bytes from the table's start
     */
    record FunctionTablePointer(int offset) implements Value {

        @Override
        public boolean equals(Object other) {
            return other instanceof FunctionTablePointer table && table.offset == offset;
        }

        @Override
        public int hashCode() {
            return offset * 31 + 3;
        }
    }

    /**
     * A function out of that table.
     *
     * @param index its number
     */
    record TableFunction(int index) implements Value {

        @Override
        public boolean equals(Object other) {
            return other instanceof TableFunction entry && entry.index == index;
        }

        @Override
        public int hashCode() {
            return index * 31 + 4;
        }
    }

    /**
     * Something of which only the low bytes are known.
     *
     * @param bytes how many
     * @param low their value: a constant or a choice
     */
    record LowBytes(int bytes, Value low) implements Value {

        @Override
        public boolean equals(Object other) {
            return other instanceof LowBytes known && known.bytes == bytes && known.low.equals(low);
        }

        @Override
        public int hashCode() {
            return low.hashCode() * 31 + bytes;
        }
    }

    /** The constants it can be; empty when they are not known. */
    default List<Constant> constants() {
        if (this instanceof Constant constant) {
            return List.of(constant);
        }
        return this instanceof Choice choice ? choice.options : List.of();
    }

    /** Whether it is one of some constants, or one. */
    default boolean isConstant() {
        return this instanceof Constant || this instanceof Choice;
    }

    /** What is known where two ways meet. */
    static Value join(Value one, Value other) {
        return join(one, other, false);
    }

    /**
     * What is known where two ways meet.
     *
     * @param widen whether to give up what is not the same, rather than to collect the possibilities
     */
    static Value join(Value one, Value other, boolean widen) {
        if (one.equals(other)) {
            return one;
        }
        if (widen || !one.isConstant() || !other.isConstant()) {
            return Unknown.DIFFERS;
        }
        List<Constant> all = new ArrayList<>(one.constants());
        for (Constant constant : other.constants()) {
            if (!all.contains(constant)) {
                all.add(constant);
            }
        }
        return choice(all);
    }

    /** One of these constants: sorted, so that equal choices are equal. */
    static Value choice(List<Constant> constants) {
        if (constants.isEmpty() || constants.size() > MOST_CHOICES) {
            return Unknown.DIFFERS;
        }
        if (constants.size() == 1) {
            return constants.getFirst();
        }
        List<Constant> sorted = new ArrayList<>(constants);
        sorted.sort((a, b) -> a.number() != b.number() ? Long.compare(a.number(), b.number())
                : Integer.compare(a.origin(), b.origin()));
        return new Choice(sorted);
    }
}
