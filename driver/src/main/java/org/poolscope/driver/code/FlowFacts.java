package org.poolscope.driver.code;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.poolscope.driver.pe.Import;
import org.poolscope.driver.pe.LittleEndian;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.driver.pe.Section;

/** What following one function needs to know of the image around it. Not for use by several threads at once. */
public final class FlowFacts {

    private static final int MOST_HOPS = 8;
    private static final int HELPER_LENGTH = 12;
    private static final int LARGEST_LEAF = 200;
    private static final int ALL_REGISTERS = 0xffff;

    private final CodeMap map;
    private final PeImage image;
    private final Map<Integer, Import> imports = new HashMap<>();
    private final Map<Integer, OptionalInt> importPops = new HashMap<>();
    private final Set<Integer> tablePointers = new HashSet<>();
    private int tableStart = -1;
    private int tableEnd = -1;
    private final Map<Integer, Value> pointers = new HashMap<>();
    private final Map<Integer, Hop> hops = new HashMap<>();
    private final Map<Integer, Boolean> frameHelpers = new HashMap<>();
    private final Map<Integer, Integer> clobbers = new HashMap<>();
    private final Instruction instruction;

    /** Where a small function that only jumps on leads to. */
    sealed interface Hop {
        /** To another function. */
        record To(Callee callee) implements Hop {
        }

        /** To the address in a register: the dispatch function of Control Flow Guard. */
        record Register(int number) implements Hop {
        }

        /** It does more than jump on. */
        record Nowhere() implements Hop {
        }
    }

    /**
     * Gathers the facts.
     *
     * @param map the image's code
     * @param x86Pops for an imported function, how many bytes of arguments it takes off the stack on x86; empty when not known
     */
    public FlowFacts(CodeMap map, Function<Import, OptionalInt> x86Pops) {
        this.map = map;
        this.image = map.image();
        this.instruction = new Instruction(map.isWide());
        for (Import each : image.imports()) {
            imports.putIfAbsent(each.slotRva(), each);
            if (!map.isWide()) {
                importPops.putIfAbsent(each.slotRva(), x86Pops.apply(each));
            }
        }
    }

    /** Says that a variable points to the table of functions that a framework hands to the driver. */
    public void tablePointer(int variable) {
        tablePointers.add(variable);
    }

    /** Says that the table of functions itself stands in the image, where the framework copies it. */
    public void table(int start, int functions) {
        tableStart = start;
        tableEnd = start + functions * (map.isWide() ? 8 : 4);
    }

    /** Says that a variable always holds this value once the driver is set up. */
    public void pointer(int variable, Value value) {
        pointers.put(variable, value);
    }

    /** The import of a slot. */
    public Optional<Import> importAt(int slotRva) {
        return Optional.ofNullable(imports.get(slotRva));
    }

    /** Where a call of a function of this image leads in the end, small functions that only jump on skipped. */
    public Callee destination(int function) {
        Callee callee = new Callee.Local(function);
        for (int i = 0; i < MOST_HOPS && callee instanceof Callee.Local local; i++) {
            if (!(hop(local.rva()) instanceof Hop.To next)) {
                break;
            }
            callee = next.callee();
        }
        return callee;
    }

    CodeMap map() {
        return map;
    }

    Hop hop(int function) {
        Hop known = hops.get(function);
        if (known == null) {
            known = findHop(function);
            hops.put(function, known);
        }
        return known;
    }

    private Hop findHop(int function) {
        CodeBytes code = map.code();
        int rva = function;
        for (int i = 0; i < 3; i++) {
            int range = code.range(rva);
            if (range < 0 || !instruction.decode(code.content(), code.index(range, rva), code.indexEnd(range))) {
                return new Hop.Nowhere();
            }
            int next = rva + instruction.length();
            if (instruction.op() == Op.JUMP) {
                return jump(next);
            }
            boolean filler = instruction.op() == Op.NOP
                    || instruction.op() == Op.MOV && !instruction.isMemory() && instruction.reg() == instruction.rm();
            if (!filler) {
                return new Hop.Nowhere();
            }
            rva = next;
        }
        return new Hop.Nowhere();
    }

    private Hop jump(int next) {
        if (instruction.form() == Opcodes.REL) {
            int target = (int) (next + instruction.immediate());
            return map.isFunction(target) ? new Hop.To(new Callee.Local(target)) : new Hop.Nowhere();
        }
        if (!instruction.isMemory()) {
            return new Hop.Register(instruction.rm());
        }
        int variable = fixedPlace(instruction, next);
        return imports.containsKey(variable) ? new Hop.To(new Callee.Imported(variable)) : new Hop.Nowhere();
    }

    /** The RVA of a memory operand at a fixed place; -1 when it is not at one. */
    int fixedPlace(Instruction i, int next) {
        if (i.isSegmented() || !i.isMemory()) {
            return -1;
        }
        if (i.base() == Instruction.IP) {
            return next + i.displacement();
        }
        boolean absolute = !map.isWide() && i.base() == Instruction.NO_REGISTER && i.index() == Instruction.NO_REGISTER;
        return absolute ? image.rva(i.displacement() & 0xffff_ffffL) : -1;
    }

    /** How many bytes of arguments a callee takes off the stack; empty when not known. Always 0 on x64. */
    OptionalInt pops(Callee callee) {
        if (map.isWide()) {
            return OptionalInt.of(0);
        }
        if (callee instanceof Callee.Imported imported) {
            return importPops.getOrDefault(imported.slotRva(), OptionalInt.empty());
        }
        return callee instanceof Callee.Local local ? map.pops(local.rva()) : OptionalInt.empty();
    }

    /**
     * The registers a function of this image may change, as bits. GNU's compiler keeps values over calls in registers that a function
     * could change but does not; only functions that call no others are looked at.
     */
    int clobbers(Callee callee) {
        return callee instanceof Callee.Local local ? clobbers.computeIfAbsent(local.rva(), this::findClobbers) : ALL_REGISTERS;
    }

    private int findClobbers(int function) {
        CodeBytes code = map.code();
        IntList open = new IntList();
        IntSet seen = new IntSet();
        open.add(function);
        int written = 0;
        while (!open.isEmpty()) {
            int rva = open.removeLast();
            int range = code.range(rva);
            while (seen.add(rva)) {
                if (range < 0 || rva >= code.end(range) || seen.size() > LARGEST_LEAF
                        || !instruction.decode(code.content(), code.index(range, rva), code.indexEnd(range))
                        || instruction.op() == Op.CALL || instruction.op() == Op.JUMP && instruction.form() != Opcodes.REL) {
                    return ALL_REGISTERS;
                }
                written |= instruction.writtenRegisters();
                int next = rva + instruction.length();
                if (instruction.op() == Op.JUMP || instruction.op() == Op.JUMP_IF) {
                    open.add((int) (next + instruction.immediate()));
                }
                if (map.ends(instruction.op(), next)) {
                    break;
                }
                rva = next;
            }
        }
        return written;
    }

    /**
     * Whether a function of x86 code sets up the frame of its caller: the helper that Microsoft's compiler calls first in functions with exception
     * handlers. It is told by its {@code lea ebp,[esp+10h]}.
     */
    boolean isFrameHelper(int function) {
        return !map.isWide() && frameHelpers.computeIfAbsent(function, this::findFrameHelper);
    }

    private boolean findFrameHelper(int function) {
        CodeBytes code = map.code();
        int rva = function;
        for (int i = 0; i < HELPER_LENGTH; i++) {
            int range = code.range(rva);
            if (range < 0 || !instruction.decode(code.content(), code.index(range, rva), code.indexEnd(range))) {
                return false;
            }
            if (instruction.op() == Op.LEA && instruction.reg() == State.BP && instruction.base() == State.SP
                    && instruction.displacement() == 0x10) {
                return true;
            }
            if (instruction.op() == Op.RETURN || instruction.op() == Op.JUMP || instruction.op() == Op.CALL) {
                return false;
            }
            rva += instruction.length();
        }
        return false;
    }

    /** What stands at a fixed place of the image. */
    Value load(long address, int width) {
        int rva = image.rva(address);
        if (rva < 0) {
            return Value.Unknown.LOADED;
        }
        if (imports.containsKey(rva)) {
            return new Value.ImportPointer(rva);
        }
        if (tablePointers.contains(rva)) {
            return new Value.FunctionTablePointer(0);
        }
        if (rva >= tableStart && rva < tableEnd) {
            return new Value.TableFunction((rva - tableStart) / (map.isWide() ? 8 : 4));
        }
        Value pointer = pointers.get(rva);
        if (pointer != null) {
            return pointer;
        }
        Optional<Section> section = image.section(rva);
        boolean fixed = section.isPresent() && !section.get().isWritable() && image.available(rva) >= width;
        if (!fixed) {
            return section.isPresent() && width >= 4 ? new Value.Variable(rva) : Value.Unknown.LOADED;
        }
        byte[] content = image.content();
        int offset = image.offset(rva);
        return switch (width) {
            case 8 -> new Value.Constant(LittleEndian.i64(content, offset), rva, true);
            case 4 -> new Value.Constant(LittleEndian.u32(content, offset), rva, true);
            case 2 -> new Value.Constant(LittleEndian.u16(content, offset));
            case 1 -> new Value.Constant(content[offset] & 0xff);
            default -> Value.Unknown.LOADED;
        };
    }

    /** The number a variable of this image starts with, or holds when the image was read from memory; empty when it is not there. */
    public Optional<Value.Constant> initial(int variable) {
        Optional<Section> section = image.section(variable);
        if (section.isEmpty()) {
            return Optional.empty();
        }
        if (image.available(variable) >= 4) {
            return Optional.of(new Value.Constant(LittleEndian.u32(image.content(), image.offset(variable)), variable, true));
        }
        boolean zeroed = !image.isLoaded() && variable - section.get().rva() >= section.get().dataSize();
        return zeroed ? Optional.of(new Value.Constant(0)) : Optional.empty();
    }

    PeImage image() {
        return image;
    }
}
