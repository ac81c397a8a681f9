package org.poolscope.driver.code;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.poolscope.driver.code.Value.Constant;
import org.poolscope.driver.code.Value.FunctionTablePointer;
import org.poolscope.driver.code.Value.LowBytes;
import org.poolscope.driver.code.Value.Passed;
import org.poolscope.driver.code.Value.StackAddress;
import org.poolscope.driver.code.Value.TableFunction;
import org.poolscope.driver.code.Value.Unknown;
import org.poolscope.driver.pe.PeImage;

/** What each instruction but calls and jumps does to the state. */
final class Transfer {

    /** The longest part of the frame that is followed while it is filled, in items. */
    private static final int LONGEST_FILL = 64;
    private static final int WIDEST_VECTOR = 64;
    private static final Value ZERO_OR_ONE = Value.choice(List.of(new Constant(0), new Constant(1)));

    private final FlowFacts facts;
    private final PeImage image;
    private final boolean wide;
    private final int pointerSize;

    private Instruction i;
    private int rva;
    private int next;
    private State state;
    private FlowVisitor visitor;

    Transfer(FlowFacts facts) {
        this.facts = facts;
        this.image = facts.image();
        this.wide = facts.map().isWide();
        this.pointerSize = wide ? 8 : 4;
    }

    /** Applies one instruction; the visitor is told of values written to variables, when there is one. */
    void apply(Instruction instruction, int at, int following, State to, FlowVisitor seer) {
        i = instruction;
        rva = at;
        next = following;
        state = to;
        visitor = seer;
        switch (i.op()) {
            case NOP, CMP, TEST, BREAK -> {
                // changes flags only
            }
            case MOV -> write(source());
            case MOVZX, MOVSX -> write(extended());
            case LEA -> write(i.isSegmented() ? Unknown.COMPUTED : address(i, next, state));
            case PUSH -> push();
            case POP -> pop();
            case LEAVE -> leave();
            case XCHG -> exchange();
            case CMOV -> write(Value.join(read(i.reg(), i.width()), source()));
            case SET -> write(ZERO_OR_ONE);
            case ADD, SUB, AND, OR, XOR, SBB, SHL, SHR, SAR, IMUL -> write(arithmetic());
            case ADC -> write(Unknown.COMPUTED);
            case INC -> write(combine(Op.ADD, destination(), new Constant(1)));
            case DEC -> write(combine(Op.SUB, destination(), new Constant(1)));
            case NEG -> write(combine(Op.SUB, new Constant(0), destination()));
            case NOT -> write(combine(Op.XOR, destination(), new Constant(-1)));
            case BSWAP -> write(Unknown.COMPUTED);
            case STRING -> string();
            default -> other();
        }
    }

    /** The address of a memory operand: a constant, a place in the frame, or something unknown. */
    Value address(Instruction instruction, int following, State at) {
        Value sum;
        if (instruction.base() == Instruction.IP) {
            sum = new Constant(image.address(following));
        } else if (instruction.base() == Instruction.NO_REGISTER) {
            sum = new Constant(0);
        } else {
            sum = whole(at.register(instruction.base()));
        }
        if (instruction.index() != Instruction.NO_REGISTER) {
            Value index = whole(at.register(instruction.index()));
            sum = sum instanceof Constant zero && zero.number() == 0 && instruction.scale() == 1 ? index
                    : add(sum, index instanceof Constant constant ? new Constant(constant.number() * instruction.scale()) : index,
                            pointerSize);
        }
        return instruction.displacement() == 0 ? sum : add(sum, new Constant(instruction.displacement()), pointerSize);
    }

    /** What memory at an address holds. */
    Value load(Value address, int width, State at) {
        if (address instanceof StackAddress slot) {
            return masked(at.slot(slot, width), width);
        }
        if (address instanceof Constant constant) {
            return facts.load(constant.number(), width);
        }
        return address instanceof FunctionTablePointer table ? new TableFunction(table.offset() / pointerSize) : Unknown.LOADED;
    }

    /** Moves the stack pointer; where it then points to. */
    StackAddress moveStack(int at, State to, int by) {
        StackAddress moved = to.register(State.SP) instanceof StackAddress sp ? new StackAddress(sp.base(), sp.offset() + by)
                : new StackAddress(at, 0);
        to.set(State.SP, moved);
        return moved;
    }

    private Value memory(int width) {
        if (i.isSegmented()) {
            return Unknown.LOADED;
        }
        return load(address(i, next, state), width, state);
    }

    private Value read(int register, int width) {
        if (i.isHighByte(register, width)) {
            return Unknown.COMPUTED;
        }
        return masked(state.register(i.holder(register, width)), width);
    }

    /** As much of a value as an operand of this width shows. */
    private Value masked(Value value, int width) {
        if (width >= 8 || width == pointerSize && !(value instanceof Constant || value instanceof LowBytes)) {
            return whole(value);
        }
        if (value instanceof Unknown) {
            return value;
        }
        if (value instanceof Constant constant) {
            return masked(constant, width);
        }
        if (value instanceof Passed) {
            return width == 4 ? value : Unknown.COMPUTED;
        }
        if (value instanceof Value.Choice choice) {
            return each(choice, option -> masked(option, width));
        }
        if (value instanceof LowBytes known) {
            return known.bytes() >= width ? masked(known.low(), width) : Unknown.COMPUTED;
        }
        return !(value instanceof Value.Variable) ? Unknown.COMPUTED : width >= 4 ? value : Unknown.LOADED;
    }

    private static Constant masked(Constant constant, int width) {
        long mask = width >= 8 ? -1 : (1L << 8 * width) - 1;
        return (constant.number() & mask) == constant.number() ? constant
                : new Constant(constant.number() & mask, width == 4 ? constant.origin() : 0, constant.inData());
    }

    private static Value each(Value.Choice choice, UnaryOperator<Constant> change) {
        List<Constant> changed = new ArrayList<>();
        for (Constant option : choice.options()) {
            Constant other = change.apply(option);
            if (!changed.contains(other)) {
                changed.add(other);
            }
        }
        return Value.choice(changed);
    }

    private static Value whole(Value value) {
        return value instanceof LowBytes ? Unknown.COMPUTED : value;
    }

    private Value source() {
        return switch (i.form()) {
            case Opcodes.RM_R -> read(i.reg(), i.width());
            case Opcodes.R_RM -> rm(i.width());
            case Opcodes.RM_I, Opcodes.O_I, Opcodes.A_I, Opcodes.I -> immediate();
            case Opcodes.A_M -> memory(i.width());
            case Opcodes.M_A -> read(0, i.width());
            case Opcodes.RM_1 -> new Constant(1);
            case Opcodes.RM_CL -> read(1, 1);
            default -> Unknown.COMPUTED;
        };
    }

    private Value rm(int width) {
        return i.isMemory() ? memory(width) : read(i.rm(), width);
    }

    private Value immediate() {
        int width = i.width();
        long number = width == 8 ? i.immediate() : i.immediate() & (1L << 8 * width) - 1;
        boolean patchable = i.immediateSize() == 4;
        return new Constant(number, patchable ? rva + i.immediateOffset() : 0, false);
    }

    private Value destination() {
        return switch (i.form()) {
            case Opcodes.R_RM, Opcodes.O, Opcodes.O_I -> read(i.reg(), i.width());
            case Opcodes.A_I -> read(0, i.width());
            default -> rm(i.width());
        };
    }

    private Value extended() {
        Value value = rm(i.narrow());
        if (i.op() == Op.MOVZX) {
            return value;
        }
        if (value instanceof Constant constant) {
            return signed(constant);
        }
        if (value instanceof Value.Choice choice) {
            return each(choice, this::signed);
        }
        return value instanceof Passed && i.narrow() == 4 ? value : Unknown.COMPUTED;
    }

    private Constant signed(Constant constant) {
        int unused = 64 - 8 * i.narrow();
        long number = constant.number() << unused >> unused;
        return masked(new Constant(number, i.narrow() == 4 ? constant.origin() : 0, constant.inData()), i.width());
    }

    private Value arithmetic() {
        if (i.op() == Op.IMUL) {
            return switch (i.form()) {
                case Opcodes.R_RM -> combine(Op.IMUL, read(i.reg(), i.width()), rm(i.width()));
                case Opcodes.R_RM_I -> combine(Op.IMUL, rm(i.width()), new Constant(i.immediate()));
                default -> Unknown.COMPUTED;
            };
        }
        boolean sameRegister = !i.isMemory() && (i.form() == Opcodes.RM_R || i.form() == Opcodes.R_RM) && i.reg() == i.rm();
        if (sameRegister && (i.op() == Op.XOR || i.op() == Op.SUB)) {
            return new Constant(0);
        }
        if (i.op() == Op.SBB) {
            long ones = i.width() == 8 ? -1 : (1L << 8 * i.width()) - 1;
            return sameRegister ? Value.choice(List.of(new Constant(0), new Constant(ones))) : Unknown.COMPUTED;
        }
        Value second = source();
        if (i.op() == Op.OR && second instanceof Constant ones && ones.number() == (i.width() == 8 ? -1 : (1L << 8 * i.width()) - 1)
                || i.op() == Op.AND && second instanceof Constant zero && zero.number() == 0) {
            return new Constant(((Constant) second).number());
        }
        boolean aligns = i.op() == Op.AND && !i.isMemory() && i.rm() == State.SP && i.form() == Opcodes.RM_I;
        if (aligns) {
            return new StackAddress(rva, 0);
        }
        return combine(i.op(), destination(), second);
    }

    private Value combine(Op op, Value first, Value second) {
        if (first instanceof Constant one && second instanceof Constant two) {
            return masked(new Constant(compute(op, one.number(), two.number())), i.width());
        }
        List<Constant> left = first.constants();
        List<Constant> right = second.constants();
        if (!left.isEmpty() && !right.isEmpty() && left.size() * right.size() <= Value.MOST_CHOICES) {
            List<Constant> results = new ArrayList<>();
            for (Constant one : left) {
                for (Constant two : right) {
                    Constant result = masked(new Constant(compute(op, one.number(), two.number())), i.width());
                    if (!results.contains(result)) {
                        results.add(result);
                    }
                }
            }
            return Value.choice(results);
        }
        if (op == Op.ADD) {
            return add(first, second, i.width());
        }
        if (op == Op.SUB && second instanceof Constant constant) {
            return add(first, new Constant(-signExtended(constant.number(), i.width())), i.width());
        }
        return first == Unknown.LOADED || second == Unknown.LOADED ? Unknown.LOADED : Unknown.COMPUTED;
    }

    private long compute(Op op, long a, long b) {
        int bits = i.width() == 8 ? 63 : 31;
        return switch (op) {
            case ADD -> a + b;
            case SUB -> a - b;
            case AND -> a & b;
            case OR -> a | b;
            case XOR -> a ^ b;
            case SHL -> a << (b & bits);
            case SHR -> a >>> (b & bits);
            case SAR -> signExtended(a, i.width()) >> (b & bits);
            default -> a * b;
        };
    }

    private static long signExtended(long number, int width) {
        int unused = 64 - 8 * width;
        return number << unused >> unused;
    }

    private Value add(Value first, Value second, int width) {
        if (second instanceof Constant constant) {
            long by = signExtended(constant.number(), width);
            if (first instanceof StackAddress at && width == pointerSize) {
                return new StackAddress(at.base(), (int) (at.offset() + by));
            }
            if (first instanceof Constant number) {
                return masked(new Constant(number.number() + by), width);
            }
            if (first instanceof Passed passed) {
                return by == 0 ? passed : new Passed(passed.place(), passed.plus() + by);
            }
            if (first instanceof Value.Choice choice) {
                return each(choice, option -> masked(new Constant(option.number() + by), width));
            }
            return first instanceof FunctionTablePointer table && width == pointerSize ? new FunctionTablePointer((int) (table.offset() + by))
                    : Unknown.COMPUTED;
        }
        return first instanceof Constant ? add(second, first, width) : Unknown.COMPUTED;
    }

    /** Writes the instruction's destination. */
    private void write(Value value) {
        switch (i.form()) {
            case Opcodes.R_RM, Opcodes.O_I, Opcodes.O, Opcodes.R_RM_I -> writeRegister(i.reg(), i.width(), value);
            case Opcodes.A_I, Opcodes.A_M -> writeRegister(0, i.width(), value);
            case Opcodes.M_A -> writeMemory(i.width(), value, false);
            default -> {
                if (i.isMemory()) {
                    writeMemory(i.width(), value, i.form() == Opcodes.RM_R && i.reg() == State.SP);
                } else if (i.rm() >= 0) {
                    writeRegister(i.rm(), i.width(), value);
                }
            }
        }
    }

    private void writeRegister(int register, int width, Value value) {
        int holder = i.holder(register, width);
        if (width >= 4) {
            Value kept = whole(value);
            if (width < pointerSize) {
                kept = masked(kept, width);
            }
            state.set(holder, holder == State.SP && !(kept instanceof StackAddress) ? new StackAddress(rva, 0) : kept);
            return;
        }
        if (i.isHighByte(register, width) || value.constants().isEmpty()) {
            state.set(holder, Unknown.COMPUTED);
            return;
        }
        Value old = state.register(holder);
        if (old instanceof Constant constant) {
            long mask = (1L << 8 * width) - 1;
            List<Constant> combined = new ArrayList<>();
            for (Constant low : value.constants()) {
                combined.add(new Constant(constant.number() & ~mask | low.number() & mask));
            }
            state.set(holder, Value.choice(combined));
        } else {
            state.set(holder, new LowBytes(width, value));
        }
    }

    private void writeMemory(int width, Value value, boolean stackPointerItself) {
        if (value instanceof StackAddress own && !stackPointerItself) {
            state.escape(own);
        }
        if (i.isSegmented()) {
            return;
        }
        Value address = address(i, next, state);
        if (address instanceof StackAddress at) {
            state.setSlot(at, width, width < 4 && !value.constants().isEmpty() ? value : whole(value));
        } else if (address instanceof Constant constant) {
            if (visitor != null) {
                int variable = image.rva(constant.number());
                if (variable >= 0) {
                    visitor.store(variable, value);
                }
            }
        } else {
            indexedWrite();
        }
    }

    /** A write into an array of the frame, at a place in it that is not known. */
    private void indexedWrite() {
        if (i.index() == Instruction.NO_REGISTER || i.base() < 0 || i.base() >= Instruction.IP) {
            return;
        }
        StackAddress array = state.register(i.base()) instanceof StackAddress base ? base
                : state.register(i.index()) instanceof StackAddress indexed ? indexed : null;
        if (array != null) {
            long from = (long) array.offset() + i.displacement();
            state.change(array.base(), from, array.base() == 0 && from < 0 ? 0 : from + WIDEST_VECTOR);
        }
    }

    private void push() {
        Value value = switch (i.form()) {
            case Opcodes.O -> masked(state.register(i.reg()), pointerSize);
            case Opcodes.I -> {
                long number = wide ? i.immediate() : i.immediate() & 0xffff_ffffL;
                yield new Constant(number, i.immediateSize() == 4 ? rva + i.immediateOffset() : 0, false);
            }
            case Opcodes.RM -> i.isMemory() ? memory(i.width()) : masked(state.register(i.rm()), pointerSize);
            default -> Unknown.COMPUTED;
        };
        int width = i.width() == 2 ? 2 : pointerSize;
        boolean itself = i.form() == Opcodes.O && i.reg() == State.SP;
        if (value instanceof StackAddress own && !itself && !(i.form() == Opcodes.O && i.reg() == State.BP)) {
            state.escape(own);
        }
        state.setSlot(moveStack(rva, state, -width), width, value);
    }

    private void pop() {
        int width = i.width() == 2 ? 2 : pointerSize;
        Value value = state.register(State.SP) instanceof StackAddress sp ? state.slot(sp, width) : Unknown.NOT_FOLLOWED;
        moveStack(rva, state, width);
        switch (i.form()) {
            case Opcodes.O -> {
                if (i.reg() == State.SP) {
                    state.set(State.SP, new StackAddress(rva, 0));
                } else {
                    state.set(i.reg(), width == pointerSize ? value : Unknown.COMPUTED);
                }
            }
            case Opcodes.RM -> {
                if (i.isMemory()) {
                    writeMemory(width, value, false);
                } else {
                    state.set(i.rm(), value);
                }
            }
            default -> {
                // flags or a segment register
            }
        }
    }

    private void leave() {
        Value frame = state.register(State.BP);
        state.set(State.SP, frame instanceof StackAddress ? frame : new StackAddress(rva, 0));
        Value saved = state.slot((StackAddress) state.register(State.SP), pointerSize);
        moveStack(rva, state, pointerSize);
        state.set(State.BP, saved);
    }

    private void exchange() {
        Value first = destinationOfExchange();
        if (i.form() == Opcodes.A_O) {
            Value accumulator = read(0, i.width());
            Value other = read(i.reg(), i.width());
            writeRegister(0, i.width(), other);
            writeRegister(i.reg(), i.width(), accumulator);
            return;
        }
        Value second = read(i.reg(), i.width());
        if (i.isMemory()) {
            writeMemory(i.width(), second, false);
        } else {
            writeRegister(i.rm(), i.width(), second);
        }
        writeRegister(i.reg(), i.width(), first);
    }

    private Value destinationOfExchange() {
        return i.form() == Opcodes.A_O ? Unknown.COMPUTED : rm(i.width());
    }

    /** The string instructions: where source and destination are known, they and the count are carried on. */
    private void string() {
        long count = !i.isRepeated() ? 1 : state.register(1) instanceof Constant known ? known.number() : -1;
        boolean writes = (i.effects() & Opcodes.WRITES_MEMORY) != 0;
        Value source = state.register(6);
        Value destination = state.register(7);
        Value stored = state.register(0);
        if (writes && destination instanceof StackAddress at) {
            boolean bounded = count >= 0 && count <= LONGEST_FILL;
            long end = bounded ? at.offset() + count * i.width() : at.base() == 0 && at.offset() < 0 ? 0 : Integer.MAX_VALUE;
            state.change(at.base(), at.offset(), end);
            boolean fills = (i.effects() & Opcodes.SI) == 0 && bounded && i.width() >= 4;
            for (int k = 0; fills && k < count; k++) {
                state.setSlot(new StackAddress(at.base(), at.offset() + k * i.width()), i.width(), masked(stored, i.width()));
            }
        }
        registers();
        boolean compares = !writes && i.isRepeated();
        if (count >= 0 && count <= LONGEST_FILL && !compares) {
            Constant moved = new Constant(count * i.width());
            if ((i.effects() & Opcodes.SI) != 0) {
                state.set(6, add(source, moved, pointerSize));
            }
            if ((i.effects() & Opcodes.DI) != 0) {
                state.set(7, add(destination, moved, pointerSize));
            }
            if (i.isRepeated()) {
                state.set(1, new Constant(0));
            }
        }
    }

    private void other() {
        if (i.isMemory() && (i.effects() & Opcodes.WRITES_MEMORY) != 0 && !i.isSegmented()) {
            Value address = address(i, next, state);
            if (address instanceof StackAddress at) {
                state.change(at.base(), at.offset(), (long) at.offset() + i.writeWidth());
            } else if (address instanceof Constant constant) {
                unknownStore(constant);
            } else {
                indexedWrite();
            }
        }
        registers();
    }

    private void unknownStore(Constant address) {
        for (int at = 0; visitor != null && at < Math.min(i.writeWidth(), WIDEST_VECTOR); at += 4) {
            int variable = image.rva(address.number() + at);
            if (variable >= 0) {
                visitor.store(variable, Unknown.COMPUTED);
            }
        }
    }

    private void registers() {
        int effects = i.effects();
        for (int register = 0; register < 8; register++) {
            if ((effects & 1 << register) != 0) {
                forget(register);
            }
        }
        if ((effects & Opcodes.WRITES_REG) != 0 && i.reg() >= 0) {
            forget(i.reg());
        }
        if ((effects & Opcodes.WRITES_RM) != 0 && i.rm() >= 0) {
            forget(i.rm());
        }
        if ((effects & Opcodes.WRITES_VVVV) != 0) {
            for (int register = 0; register < (wide ? 16 : 8); register++) {
                if (register != State.SP && register != State.BP) {
                    forget(register);
                }
            }
        }
    }

    private void forget(int register) {
        if (register < (wide ? 16 : 8)) {
            state.set(register, register == State.SP ? new StackAddress(rva, 0) : Unknown.COMPUTED);
        }
    }
}
