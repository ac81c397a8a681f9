package org.poolscope.driver.code;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.poolscope.driver.pe.Export;
import org.poolscope.driver.pe.FunctionTable;
import org.poolscope.driver.pe.LittleEndian;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.model.Architecture;

/**
 * Where the functions of an image are, and what each one mentions: functions it calls, jumps to or takes the address of, and
 * variables and import slots it reads or writes.
 *
 * <p>All code is gone through once, to find the functions: from what the image says of itself (entry point, exports, symbols, function table),
 * along calls and jumps, then from addresses of code in code and data, then in what is left. Of most instructions only the {@linkplain QuickLength
 * length} is looked at; those that name a place are noted with it. Which function such an instruction belongs to is found out when somebody asks
 * ({@link Attribution}): of a driver's functions few have to do with pool. Work is bounded by the size of the code, whatever the code says.
 *
 * <p>Thread-confined while it is built, immutable in effect afterwards but for a sort on first use: use it from one thread.
 */
public final class CodeMap {

    private static final int RETURN = 0xc3;

    private final PeImage image;
    private final CodeBytes code;
    private final boolean wide;
    private final int[] relocations;
    private final Instruction instruction;
    private final QuickLength quick;
    private final JumpTables tables;
    private final Map<Integer, int[]> jumpTargets = new HashMap<>();
    private final CodeSet starts;
    /** Functions that only the function table names: when something jumps to them they are pieces of another one. */
    private final CodeSet tabled;
    private final CodeSet called;
    private final CodeSet jumpedTo;
    private final CodeSet guessed;
    private final IntList addresses = new IntList();
    /** The length of the instruction that starts at each byte of the code; 0 where none was seen. */
    private final byte[] lengths;
    /** Instructions that call, read, write or take the address of a place, by the place. */
    private final Edges mentions = new Edges();
    /** Jumps by target. */
    private final Edges jumps = new Edges();
    /** Where in the code addresses stand that the loader adjusts. */
    private final CodeSet relocated;
    private final IntSet addressTaken = new IntSet();
    private final IntList literals = new IntList();
    /** How far the {@link #branch} last looked at leads. */
    private int distance;
    /** Where addresses of code stand that the loader adjusts. */
    private final Edges pointerPlaces = new Edges();
    private Attribution attribution;
    private int[] functions;
    /** The places in {@link #functions}. */
    private final CodeSet kept;

    private CodeMap(PeImage image) {
        this.image = image;
        this.code = new CodeBytes(image);
        this.wide = image.architecture() == Architecture.X64;
        this.relocations = image.relocations();
        this.instruction = new Instruction(wide);
        this.tables = new JumpTables(image, code, wide, relocations);
        this.quick = new QuickLength(wide, relocations.length > 0);
        this.lengths = new byte[code.total()];
        this.starts = new CodeSet(code);
        this.tabled = new CodeSet(code);
        this.called = new CodeSet(code);
        this.jumpedTo = new CodeSet(code);
        this.guessed = new CodeSet(code);
        this.relocated = new CodeSet(code);
        this.kept = new CodeSet(code);
        for (int place : relocations) {
            relocated.add(place);
        }
    }

    /** Maps an image for x86 or x64. */
    public static CodeMap of(PeImage image) {
        if (image.architecture() == Architecture.ARM64) {
            throw new IllegalArgumentException("ARM64 code is not decoded");
        }
        CodeMap map = new CodeMap(image);
        map.findFunctions();
        map.attribution = new Attribution(map, map.mentions, map.jumps);
        return map;
    }

    /** Goes through all code. */
    private void findFunctions() {
        IntList work = new IntList();
        start(work, image.entryPoint());
        for (Export export : image.exports()) {
            start(work, export.rva());
        }
        for (int rva : image.symbols().keySet()) {
            start(work, rva);
        }
        FunctionTable table = image.functions();
        for (int i = 0; i < table.count(); i++) {
            if (table.first(i) == table.begin(i) && code.contains(table.begin(i)) && starts.add(table.begin(i))) {
                tabled.add(table.begin(i));
                work.add(table.begin(i));
            }
        }
        descend(work, true);
        IntList pointers = new IntList();
        for (int i = 0; i < addresses.size(); i++) {
            pointers.add(addresses.get(i));
        }
        dataPointers(pointers);
        for (int i = 0; i < pointers.size(); i++) {
            int rva = pointers.get(i);
            int range = code.range(rva);
            if (range >= 0 && !wasSeen(range, rva) && starts.add(rva)) {
                work.add(rva);
                descend(work, true);
            } else if (range >= 0 && tabled.contains(rva)) {
                called.add(rva);
            }
        }
        sweep(work);
        for (int rva : starts.toSortedArray()) {
            if (!tabled.contains(rva) || called.contains(rva) || !jumpedTo.contains(rva)) {
                kept.add(rva);
            }
        }
        functions = kept.toSortedArray();
    }

    private void start(IntList work, int rva) {
        if (rva > 0 && code.contains(rva) && starts.add(rva)) {
            called.add(rva);
            work.add(rva);
        }
    }

    /** Addresses of code that stand in data, as the relocations tell. */
    private void dataPointers(IntList pointers) {
        byte[] content = image.content();
        int size = wide ? 8 : 4;
        int begin = 0;   // of the bytes that stand together and hold the last place, and their end
        int end = 0;
        int toOffset = 0;
        for (int place : relocations) {
            if (place < begin || place > end - size) {
                if (image.available(place) < size) {
                    continue;
                }
                begin = place;
                end = place + image.available(place);
                toOffset = image.offset(place) - place;
            }
            int rva = image.rva(wide ? LittleEndian.i64(content, toOffset + place) : LittleEndian.u32(content, toOffset + place));
            if (rva > 0) {
                boolean isCode = code.contains(rva);
                if (isCode) {
                    pointerPlaces.add(place, rva);
                }
                if (!code.contains(place)) {
                    if (isCode) {
                        pointers.add(rva);
                    } else {
                        addressTaken.add(rva);
                    }
                }
            }
        }
    }

    /** Where the address of a function stands, in code and data, as far as relocations tell; in order. */
    public int[] pointersTo(int function) {
        return isFunction(function) ? pointerPlaces.to(function) : JumpTables.NONE;
    }

    /** Follows functions along their calls and jumps until nothing new is found. */
    private void descend(IntList functionsToFollow, boolean sure) {
        IntList blocks = new IntList();
        while (!functionsToFollow.isEmpty()) {
            blocks.add(functionsToFollow.removeLast());
            while (!blocks.isEmpty()) {
                follow(blocks.removeLast(), blocks, functionsToFollow, sure);
            }
        }
    }

    /** Goes from a place on to where the flow leaves, or reaches what was seen. */
    private void follow(int from, IntList blocks, IntList found, boolean sure) {
        int range = code.range(from);
        if (range < 0) {
            return;
        }
        byte[] content = code.content();
        int end = code.indexEnd(range);
        int index = code.index(range, from);
        int toPosition = code.position(range, from) - index;
        int toRva = from - index;
        int address = wide ? Integer.MAX_VALUE : relocated.atOrAfter(toPosition + index);
        while (index < end) {
            int position = toPosition + index;
            if (lengths[position] != 0) {
                return;
            }
            int length = quick.of(content, index, end);
            if (position + length > address && !noteAdjusted(content, toRva + index, address, position + length, address - toPosition)) {
                length = QuickLength.LOOK;
            }
            if (length == QuickLength.LOOK && (content[index] & 0xff) == RETURN) {
                lengths[position] = 1;
                return;
            }
            if (length == QuickLength.LOOK) {
                length = branch(content, index, end);
                if (length != 0) {
                    lengths[position] = (byte) length;
                    int rva = toRva + index;
                    int target = rva + length + distance;
                    int opcode = content[index] & 0xff;
                    if (opcode == 0xff) {
                        int place = wide ? inImage(rva + length + (long) distance) : image.rva(distance & 0xffff_ffffL);
                        if (place > 0) {
                            notePlace(rva, place, false);
                        }
                    } else if (opcode == 0xe8) {
                        call(rva, rva + length, target, found, sure);
                    } else {
                        jump(rva, target, blocks);
                        if (opcode >= 0xe8) {
                            return;
                        }
                    }
                } else {
                    if (!instruction.decode(content, index, end)) {
                        return;
                    }
                    length = instruction.length();
                    lengths[position] = (byte) length;
                    if (leaves(from, toRva + index, blocks, found, sure)) {
                        return;
                    }
                }
                if (position + length > address) {
                    address = relocated.atOrAfter(position + length);
                }
            } else {
                lengths[position] = (byte) length;
                if (position + length > address) {
                    address = relocated.atOrAfter(position + length);
                } else if (wide && quick.place() != 0) {
                    int rva = toRva + index;
                    int place = inImage(rva + length + (long) LittleEndian.i32(content, quick.place()));
                    if (place > 0) {
                        notePlace(rva, place, quick.takesAddress());
                    }
                }
            }
            index += length;
        }
    }

    /**
     * Notes what a 32-bit instruction names with an address that the loader adjusts, after a quick look at it.
     *
     * @param adjusted the position of the first address in it that the loader adjusts
     * @param end the position where it ends
     * @param at where that address stands in the content
     * @return whether that was all; when not, the instruction wants a full look
     */
    private boolean noteAdjusted(byte[] content, int rva, int adjusted, int end, int at) {
        boolean inOperand = at == quick.place() && !quick.takesAddress();
        boolean isNumber = at == quick.number() && quick.place() == 0;
        int place = inOperand || isNumber ? image.rva(LittleEndian.u32(content, at)) : -1;
        if (relocated.atOrAfter(adjusted + 1) < end || !inOperand && place <= 0) {
            return false;
        }
        if (place > 0) {
            notePlace(rva, place, isNumber);
        }
        return true;
    }

    /**
     * The length of a call or jump to a place that it names itself, or of a call through one, in its usual form, with its {@link #distance}, or its
     * address; 0 for anything else.
     */
    private int branch(byte[] content, int index, int end) {
        if (end - index < 6) {
            return 0;
        }
        int opcode = content[index] & 0xff;
        if (opcode >= 0x70 && opcode < 0x80 || opcode == 0xeb) {
            distance = content[index + 1];
            return 2;
        }
        if (opcode == 0xe8 || opcode == 0xe9) {
            distance = LittleEndian.i32(content, index + 1);
            return 5;
        }
        if (opcode == 0xff && content[index + 1] == 0x15 || opcode == 0x0f && (content[index + 1] & 0xf0) == 0x80) {
            distance = LittleEndian.i32(content, index + 2);
            return 6;
        }
        return 0;
    }

    private boolean wasSeen(int range, int rva) {
        return lengths[code.position(range, rva)] != 0;
    }

    /**
     * Notes what the instruction that was decoded names, and puts the targets of a jump among the blocks.
     *
     * @param from where the run of code began
     * @return whether the flow does not go on to the next instruction
     */
    private boolean leaves(int from, int rva, IntList blocks, IntList found, boolean sure) {
        int next = rva + instruction.length();
        noteOperands(rva, next);
        switch (instruction.op()) {
            case CALL -> {
                if (instruction.form() == Opcodes.REL) {
                    call(rva, next, (int) (next + instruction.immediate()), found, sure);
                }
                return false;
            }
            case JUMP, JUMP_IF -> {
                if (instruction.form() == Opcodes.REL) {
                    jump(rva, (int) (next + instruction.immediate()), blocks);
                    return instruction.op() == Op.JUMP;
                }
                boolean always = instruction.op() == Op.JUMP;
                throughTable(from, rva, blocks);
                return always;
            }
            case RETURN, STOP -> {
                return true;
            }
            case BREAK -> {
                int range = code.range(next);
                return range < 0 || isPadding(code.content()[code.index(range, next)]);
            }
            default -> {
                return false;
            }
        }
    }

    private void jump(int rva, int target, IntList blocks) {
        if (code.contains(target)) {
            if (wide && tabled.contains(target) && !isSameFunction(rva, target)) {
                jumpedTo.add(target);
            }
            jumps.add(rva, target);
            blocks.add(target);
        }
    }

    private void call(int rva, int next, int target, IntList found, boolean sure) {
        int hit = code.range(target);
        if (hit < 0 || target == next) {
            return;
        }
        mentions.add(rva, target);
        if (sure || !wasSeen(hit, target)) {
            called.add(target);
            guessed.remove(target);
            if (starts.add(target)) {
                found.add(target);
            }
        }
    }

    /** Finds the targets of a jump through a table, looking again at the run of code before it. */
    private void throughTable(int from, int rva, IntList blocks) {
        int range = code.range(from);
        int end = code.indexEnd(range);
        tables.reset();
        int at = from;
        while (at < rva && instruction.decode(code.content(), code.index(range, at), end)) {
            tables.note(instruction, at);
            at += instruction.length();
        }
        instruction.decode(code.content(), code.index(range, rva), end);
        int[] targets = tables.targets(instruction, rva);
        if (targets.length > 0) {
            jumpTargets.put(rva, targets);
            for (int target : targets) {
                jumps.add(rva, target);
                blocks.add(target);
            }
        }
    }

    private boolean isSameFunction(int rva, int start) {
        int piece = image.functions().find(rva);
        return piece >= 0 && image.functions().first(piece) == start;
    }

    /** The place in the image whose address the instruction takes; -1 when it takes none. */
    private int addressOperand(int next) {
        if (wide) {
            return instruction.op() == Op.LEA && instruction.base() == Instruction.IP && !instruction.isSegmented()
                    ? inImage(next + (long) instruction.displacement()) : -1;
        }
        if (instruction.immediateSize() == 4 && instruction.form() != Opcodes.REL) {
            return pointer(instruction.immediate() & 0xffff_ffffL, next - instruction.length() + instruction.immediateOffset());
        }
        if (instruction.op() == Op.LEA && instruction.base() == Instruction.NO_REGISTER && instruction.displacementOffset() >= 0) {
            return pointer(instruction.displacement() & 0xffff_ffffL,
                    next - instruction.length() + instruction.displacementOffset());
        }
        return -1;
    }

    private int pointer(long address, int place) {
        int rva = image.rva(address);
        return rva > 0 && (relocations.length == 0 || relocated.contains(place)) ? rva : -1;
    }

    private int inImage(long rva) {
        return rva > 0 && rva < Math.min(image.sizeOfImage(), Integer.MAX_VALUE) ? (int) rva : -1;
    }

    /** Goes through the code that nothing led to: functions that only data outside the image points to, and tables. */
    private void sweep(IntList work) {
        for (int range = 0; range < code.rangeCount(); range++) {
            int rva = code.start(range);
            int end = code.end(range);
            int toPosition = code.position(range, rva) - rva;
            int after = rva;
            while (rva < end) {
                int length = lengths[toPosition + rva];
                if (length > 0) {
                    rva += length;
                    after = rva;
                } else if (isPadding(code.content()[code.index(range, rva)])) {
                    rva++;
                } else if (!wide && relocated.contains(rva)) {
                    rva += 4;   // an address among the code: a jump table
                } else if (instruction.decode(code.content(), code.index(range, rva), code.indexEnd(range))) {
                    if (isFiller()) {
                        rva += instruction.length();
                    } else {
                        if (starts.add(rva)) {
                            if (!looksLikeStart(rva, after)) {
                                guessed.add(rva);
                            }
                            work.add(rva);
                        }
                        descend(work, false);
                    }
                } else {
                    rva++;
                }
            }
        }
    }

    /** Whether a function starts at a place nothing led to, rather than a piece of the one before: compilers align functions. */
    private boolean looksLikeStart(int rva, int endOfCodeBefore) {
        return image.functions().find(rva) < 0 && (rva % 16 == 0 || rva - endOfCodeBefore >= 2);
    }

    private static boolean isPadding(byte value) {
        return value == (byte) 0xcc || value == (byte) 0x90 || value == 0;
    }

    /** Whether the instruction only fills space, as compilers do before aligned code. */
    private boolean isFiller() {
        return instruction.op() == Op.NOP
                || instruction.op() == Op.LEA && instruction.displacement() == 0 && instruction.base() == instruction.reg()
                && instruction.index() == Instruction.NO_REGISTER
                || instruction.op() == Op.XCHG && instruction.reg() == instruction.rm();
    }

    /** Whether the flow does not go on after an instruction that ends at {@code next}. */
    boolean ends(Op op, int next) {
        if (op == Op.BREAK) {
            int range = code.range(next);
            return range < 0 || isPadding(code.content()[code.index(range, next)]);
        }
        return op == Op.JUMP || op == Op.RETURN || op == Op.STOP;
    }

    private void noteOperands(int rva, int next) {
        int address = addressOperand(next);
        if (address > 0) {
            notePlace(rva, address, true);
        }
        int variable = variable(next);
        if (variable > 0) {
            notePlace(rva, variable, false);
        }
        if (address < 0 && (instruction.op() == Op.MOV || instruction.op() == Op.PUSH)) {
            noteLiterals(rva + instruction.immediateOffset());
        }
    }

    private void notePlace(int rva, int place, boolean takesAddress) {
        mentions.add(rva, place);
        if (takesAddress) {
            if (code.contains(place)) {
                addresses.add(place);
            } else {
                addressTaken.add(place);
            }
        }
    }

    /** Notes the number at an RVA when it reads like a tag. Of eight bytes one half may: both are more likely a longer text. */
    private void noteLiterals(int rva) {
        long number = instruction.immediate();
        boolean low = instruction.immediateSize() >= 4 && TagText.isPlausible((int) number);
        boolean high = instruction.immediateSize() == 8 && TagText.isPlausible((int) (number >>> 32));
        if (low && !high) {
            literals.add(rva);
        } else if (high && !low) {
            literals.add(rva + 4);
        }
    }

    /** The place of the memory operand when it is a fixed place in the image; -1 otherwise. */
    private int variable(int next) {
        if (!instruction.isMemory() || instruction.isSegmented() || instruction.op() == Op.LEA) {
            return -1;
        }
        if (instruction.base() == Instruction.IP) {
            return inImage(next + (long) instruction.displacement());
        }
        if (!wide && instruction.base() == Instruction.NO_REGISTER) {
            return image.rva(instruction.displacement() & 0xffff_ffffL);
        }
        return -1;
    }

    /** The first RVA behind one of a range where a function begins; somewhere behind the range when there is none. */
    int functionAfter(int range, int rva) {
        int position = code.position(range, rva);
        int after = kept.atOrAfter(position + 1);
        return after == Integer.MAX_VALUE ? after : rva + (after - position);
    }

    /** Whether a function starts at an RVA. */
    public boolean isFunction(int rva) {
        return kept.contains(rva);
    }

    /** The place where the function begins that an RVA lies in or behind, other pieces of functions left out; -1 when there is none. */
    int extent(int rva) {
        int range = code.range(rva);
        if (range < 0) {
            return -1;
        }
        int start = kept.atOrBefore(code.position(range, rva));
        return start < code.position(range, code.start(range)) ? -1 : rva - (code.position(range, rva) - start);
    }

    /** The RVAs where functions start, in order. A copy. */
    public int[] functions() {
        return functions.clone();
    }

    /** The function whose code is at or before an RVA and nearest to it, guessed ones left out; -1 when there is none. */
    public int nearest(int rva) {
        int at = Arrays.binarySearch(functions, rva);
        at = at >= 0 ? at : -at - 2;
        while (at >= 0 && guessed.contains(functions[at]) && functions[at] != rva) {
            at--;
        }
        return at < 0 || code.range(functions[at]) != code.range(rva) ? -1 : functions[at];
    }

    /** Whether no function starts between two places of the code. */
    boolean isSameExtent(int one, int other) {
        int range = code.range(one);
        if (range < 0 || range != code.range(other)) {
            return false;
        }
        return !kept.isAnyBetween(code.position(range, Math.min(one, other)) + 1, code.position(range, Math.max(one, other)) + 1);
    }

    /** The functions that mention a place: call it, jump to it, read it, write it, or take its address. */
    public int[] mentioning(int rva) {
        return attribution.mentioning(rva);
    }

    /**
     * Whether the address of this variable is taken, or that of something shortly before it: then it may change unseen.
     *
     * @param near how many bytes before it still count: the variable may be a part of what stands there
     */
    public boolean isAddressTaken(int rva, int near) {
        for (int before = 0; before <= near; before++) {
            if (rva >= before && addressTaken.contains(rva - before)) {
                return true;
            }
        }
        return false;
    }

    /** Where in the code four bytes stand that could be a tag: RVAs of numbers that are moved or pushed. A copy. */
    public int[] tagLiterals() {
        return literals.toArray();
    }

    /**
     * An instruction that holds a number.
     *
     * @param instruction where it starts
     * @param operation what it does: {@code cmp}, {@code mov}, {@code push}, ...
     */
    public record Holder(int instruction, String operation) {

        /** There is no instruction that anything leads to. */
        public static final Holder NO_INSTRUCTION = new Holder(-1, "");
    }

    /** The instruction of which four bytes of code are the number, or half of it; {@code null} when they are some other part of instructions. */
    public Holder holder(int rva) {
        int range = code.range(rva);
        int position = range < 0 ? 0 : code.position(range, rva);
        boolean isCode = false;
        for (int before = 1; range >= 0 && before < Instruction.LONGEST && rva - before >= code.start(range); before++) {
            int length = lengths[position - before];
            int start = rva - before;
            if (length > before) {
                isCode = true;
                boolean holds = instruction.decode(code.content(), code.index(range, start), code.indexEnd(range)) && instruction.form() != Opcodes.REL
                        && instruction.immediateSize() >= 4 && rva >= start + instruction.immediateOffset()
                        && (rva - start - instruction.immediateOffset() & 3) == 0
                        && rva + 4 <= start + instruction.immediateOffset() + instruction.immediateSize();
                if (holds) {
                    return new Holder(start, instruction.op().name().toLowerCase(Locale.ROOT));
                }
            }
        }
        for (int within = 0; range >= 0 && within < 4; within++) {
            isCode |= rva + within < code.end(range) && lengths[position + within] != 0;
        }
        return isCode ? null : Holder.NO_INSTRUCTION;
    }

    /** Whether all code was followed; when not, it is so tangled that the work had to be cut short. */
    public boolean isComplete() {
        return attribution.isComplete();
    }

    /** Whether the code at an RVA is reached from known functions: an instruction of the first pass starts there. */
    public boolean isInstruction(int rva) {
        int range = code.range(rva);
        return range >= 0 && wasSeen(range, rva);
    }

    /** Whether only the sweep found this code, and it looks like a piece of the function before it rather than a function. */
    public boolean isGuessed(int function) {
        return guessed.contains(function);
    }

    /** How many bytes of arguments a function takes off the stack when it returns; empty when it does not return. */
    OptionalInt pops(int function) {
        return attribution.pops(function);
    }

    int[] jumpTargets(int rva) {
        return jumpTargets.getOrDefault(rva, JumpTables.NONE);
    }

    CodeBytes code() {
        return code;
    }

    PeImage image() {
        return image;
    }

    boolean isWide() {
        return wide;
    }
}
