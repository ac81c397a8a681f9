package org.poolscope.driver.code;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.poolscope.driver.code.Value.Constant;
import org.poolscope.driver.code.Value.ImportPointer;
import org.poolscope.driver.code.Value.StackAddress;
import org.poolscope.driver.code.Value.TableFunction;
import org.poolscope.driver.code.Value.Unknown;

/**
 * Follows constants through one function: across branches, over calls, into the frame and back.
 *
 * <p>Blocks are visited until nothing more changes ({@link State#join} only ever loses knowledge). Those that hold something of interest are then
 * shown to a visitor, once for each way that leads to them.
 * Where the flow cannot be followed, nothing is known rather than guessed.
 */
public final class FunctionFlow {

    /** A function that takes more steps than this is not understood; the largest ones of real drivers take a tenth. */
    private static final int MOST_STEPS = 400_000;
    private static final int MOST_BLOCKS = 20_000;
    /** A place that is visited more often than this, a loop, keeps only what is always the same. */
    private static final int MOST_VISITS = 12;
    /** A way back, to a place visited more often than this, brings what a loop counts: only what is always the same is kept of it. */
    private static final int MOST_LOOPS = 2;
    /** A place that is reached in more ways than this is looked at with what they have in common only. */
    private static final int MOST_WAYS = 8;

    private final FlowFacts facts;
    private final CodeMap map;
    private final CodeBytes code;
    private final boolean wide;
    private final int pointerSize;
    private final Instruction instruction;
    private final Instruction ahead;
    private final Transfer transfer;
    private final IntSet leaders = new IntSet();
    /** The leaders in order: a block's number is its place here. */
    private int[] starts = {};
    /** What is known where a block begins, by its number; {@code null} while it is not reached. */
    private State[] entries = {};
    private int[] visits = {};
    /** The numbers of the blocks that are to be run, the first one first. */
    private final BitSet work = new BitSet();
    private int function;
    private int steps;
    private boolean balanced;
    private int calls;
    private Map<Integer, List<State>> ways;
    /** Whom what is found is shown to; while values are still being found, one that notes which blocks will be of interest. */
    private FlowVisitor visitor;
    private final Interest interest = new Interest();
    private Phase phase;
    private int block;

    /** What runs over the blocks are for. */
    private enum Phase {
        /** To find the values. */
        SOLVE,
        /** To find the ways that lead to the blocks of interest. */
        GATHER,
        /** To show those blocks. */
        SHOW
    }

    /** Notes blocks that call what somebody wants to hear of, or write variables, and what leads where. */
    private final class Interest implements FlowVisitor {
        private final IntSet blocks = new IntSet();
        private final IntList from = new IntList();
        private final IntList to = new IntList();
        private FlowVisitor asked;

        void begin(FlowVisitor seer) {
            asked = seer;
            blocks.clear();
            from.clear();
            to.clear();
        }

        @Override
        public boolean wants(Callee callee) {
            return asked.wants(callee);
        }

        @Override
        public void call(int rva, Callee callee, Way way, boolean jump, State state) {
            if (asked.wants(callee)) {
                blocks.add(block);
            }
        }

        @Override
        public void store(int variable, Value value) {
            blocks.add(block);
        }

        void leads(int target) {
            from.add(block);
            to.add(target);
        }

        /** The blocks from which one of interest is reached at once. */
        IntSet feeders() {
            IntSet feeders = new IntSet();
            for (int i = 0; i < from.size(); i++) {
                if (blocks.contains(to.get(i))) {
                    feeders.add(from.get(i));
                }
            }
            return feeders;
        }
    }

    /** Follows functions of one image, one after another. */
    public FunctionFlow(FlowFacts facts) {
        this.facts = facts;
        this.map = facts.map();
        this.code = map.code();
        this.wide = map.isWide();
        this.pointerSize = wide ? 8 : 4;
        this.instruction = new Instruction(wide);
        this.ahead = new Instruction(wide);
        this.transfer = new Transfer(facts);
    }

    /**
     * Follows a function and shows its calls to a visitor.
     *
     * @return whether the stack was balanced wherever it returned; when not, what came on the stack is not to be believed
     */
    public boolean follow(int functionRva, FlowVisitor seer) {
        function = functionRva;
        steps = 0;
        balanced = true;
        calls = 0;
        visitor = interest;
        interest.begin(seer);
        phase = Phase.SOLVE;
        leaders.clear();
        work.clear();
        findLeaders();
        starts = leaders.toSortedArray();
        entries = new State[starts.length];
        visits = new int[starts.length];
        State entry = State.atEntry(wide);
        if (map.isGuessed(functionRva)) {
            entry.forgetAll(functionRva);
        }
        reach(functionRva, entry, false);
        for (int next = work.nextSetBit(0); next >= 0 && steps < MOST_STEPS; next = work.nextSetBit(0)) {
            work.clear(next);
            visits[next]++;
            run(starts[next], entries[next].copy());
        }
        boolean finished = work.isEmpty();
        if (finished && interest.blocks.size() > 0) {
            gather(functionRva, entry);
        }
        visitor = seer;
        phase = Phase.SHOW;
        for (int each : (finished ? interest.blocks : leaders).toSortedArray()) {
            show(each, finished);
        }
        ways = null;
        return balanced;
    }

    /** Finds the ways that lead to the blocks of interest. */
    private void gather(int functionRva, State entry) {
        phase = Phase.GATHER;
        visitor = null;
        ways = new HashMap<>();
        if (interest.blocks.contains(functionRva)) {
            ways.computeIfAbsent(functionRva, key -> new ArrayList<>()).add(entry);
        }
        for (int each : interest.feeders().toSortedArray()) {
            run(each, entries[number(each)].copy());
        }
    }

    /** Shows a block to the visitor, once for each way it is reached: what one way brings together is not mixed with the others. */
    private void show(int shown, boolean finished) {
        State joined = entries[number(shown)];
        if (joined == null) {
            return;
        }
        List<State> reached = finished ? ways.getOrDefault(shown, List.of()) : List.of();
        if (reached.size() > 1 && reached.size() <= MOST_WAYS) {
            for (State way : reached) {
                run(shown, way);
            }
        } else {
            State start = joined.copy();
            if (!finished) {
                start.forgetAll(shown);
            }
            run(shown, start);
        }
    }

    /** How many calls the function last followed makes. */
    public int calls() {
        return calls;
    }

    private void findLeaders() {
        IntList blocks = new IntList();
        IntSet visited = new IntSet();
        blocks.add(function);
        leaders.add(function);
        while (!blocks.isEmpty() && leaders.size() < MOST_BLOCKS) {
            int rva = blocks.removeLast();
            int range = code.range(rva);
            while (range >= 0 && rva < code.end(range) && visited.add(rva)
                    && instruction.decode(code.content(), code.index(range, rva), code.indexEnd(range))) {
                int next = rva + instruction.length();
                calls += instruction.op() == Op.CALL ? 1 : 0;
                if (instruction.op() == Op.JUMP || instruction.op() == Op.JUMP_IF) {
                    if (instruction.form() == Opcodes.REL) {
                        leader((int) (next + instruction.immediate()), blocks);
                    } else {
                        for (int target : map.jumpTargets(rva)) {
                            leader(target, blocks);
                        }
                    }
                    if (instruction.op() == Op.JUMP_IF) {
                        leader(next, blocks);
                    }
                    break;
                }
                if (map.ends(instruction.op(), next)) {
                    break;
                }
                rva = next;
                if (map.isFunction(rva)) {
                    break;
                }
            }
        }
    }

    private void leader(int rva, IntList blocks) {
        if (code.contains(rva) && (rva == function || !map.isFunction(rva)) && leaders.add(rva)) {
            blocks.add(rva);
        }
    }

    /** The number of the block that begins at a leader. */
    private int number(int leader) {
        return Arrays.binarySearch(starts, leader);
    }

    /** Brings a state to a block; {@code last} when nobody else will use it. */
    private void reach(int rva, State state, boolean last) {
        int number = number(rva);
        State known = entries[number];
        if (known == null) {
            entries[number] = last ? state : state.copy();
        } else if (!known.join(state, visits[number] > (rva <= block ? MOST_LOOPS : MOST_VISITS))) {
            return;
        }
        work.set(number);
    }

    /** The first place behind one in a block where another block or function begins. */
    private int nextStart(int range, int rva) {
        int number = Arrays.binarySearch(starts, rva + 1);
        int after = number >= 0 ? number : -number - 1;
        int leader = after < starts.length ? starts[after] : Integer.MAX_VALUE;
        return Math.min(leader, map.functionAfter(range, rva));
    }

    /** Runs from a leader to the next one. */
    private void run(int from, State state) {
        block = from;
        int range = code.range(from);
        int rva = from;
        int stop = nextStart(range, from);
        while (rva < code.end(range)) {
            if (rva >= stop) {
                if (rva == stop) {
                    flowTo(rva, state, true);
                    return;
                }
                stop = nextStart(range, rva - 1);
                continue;
            }
            if (!instruction.decode(code.content(), code.index(range, rva), code.indexEnd(range))) {
                return;
            }
            steps++;
            int next = rva + instruction.length();
            switch (instruction.op()) {
                case CALL -> call(rva, next, state);
                case JUMP -> {
                    jump(rva, next, state);
                    return;
                }
                case JUMP_IF -> {
                    if (instruction.effects() != 0) {
                        state.set(1, Unknown.COMPUTED);
                    }
                    conditional(rva, next, state);
                    flowTo(next, state, true);
                    return;
                }
                case RETURN -> {
                    if (state.register(State.SP) instanceof StackAddress sp && sp.base() == 0 && sp.offset() != 0) {
                        balanced = false;
                    }
                    return;
                }
                default -> {
                    if (map.ends(instruction.op(), next)) {
                        return;
                    }
                    transfer.apply(instruction, rva, next, state, visitor);
                }
            }
            rva = next;
        }
    }

    private void flowTo(int rva, State state, boolean last) {
        if (phase == Phase.SHOW || !leaders.contains(rva)) {
            return;
        }
        if (phase == Phase.SOLVE) {
            interest.leads(rva);
            reach(rva, state, last);
            return;
        }
        if (!interest.blocks.contains(rva)) {
            return;
        }
        List<State> reached = ways.computeIfAbsent(rva, key -> new ArrayList<>());
        if (reached.size() <= MOST_WAYS) {
            reached.add(last ? state : state.copy());
        }
    }

    private void conditional(int rva, int next, State state) {
        if (instruction.form() == Opcodes.REL) {
            direct(rva, next, state, false);
        }
    }

    /** To a place in this function, or to another function: that is a call in the place of a return. */
    private void direct(int rva, int next, State state, boolean last) {
        int target = (int) (next + instruction.immediate());
        if (leaders.contains(target)) {
            flowTo(target, state, last);
        } else if (map.isFunction(target)) {
            visit(rva, new Callee.Local(target), FlowVisitor.Way.STRAIGHT, true, state);
        }
    }

    private void jump(int rva, int next, State state) {
        if (instruction.form() == Opcodes.REL) {
            direct(rva, next, state, true);
            return;
        }
        int[] targets = map.jumpTargets(rva);
        for (int target : targets) {
            flowTo(target, state, false);
        }
        if (targets.length == 0) {
            indirect(rva, next, true, state);
        }
    }

    private void call(int rva, int next, State state) {
        Callee callee;
        if (instruction.form() == Opcodes.REL) {
            int target = (int) (next + instruction.immediate());
            if (target == next) {   // call to the next instruction: where am I?
                push(rva, state, new Constant(facts.image().address(next)));
                return;
            }
            callee = resolve(rva, target, state);
        } else {
            callee = indirect(rva, next, false, state);
        }
        after(rva, next, callee, state);
    }

    /** A call of a function of this image by name: follows thunks, and tells the visitor. */
    private Callee resolve(int rva, int target, State state) {
        if (!code.contains(target)) {
            return new Callee.Unknown();
        }
        if (facts.hop(target) instanceof FlowFacts.Hop.Register register) {
            return through(rva, state.register(register.number()), false, state);
        }
        Callee callee = facts.destination(target);
        visit(rva, callee, callee instanceof Callee.Local local && local.rva() == target ? FlowVisitor.Way.STRAIGHT
                : FlowVisitor.Way.THUNK, false, state);
        return callee;
    }

    /** A call or jump through memory or a register. */
    private Callee indirect(int rva, int next, boolean jump, State state) {
        if (!instruction.isMemory()) {
            return through(rva, state.register(instruction.rm()), jump, state);
        }
        int variable = facts.fixedPlace(instruction, next);
        if (variable >= 0 && facts.importAt(variable).isPresent()) {
            Callee callee = new Callee.Imported(variable);
            visit(rva, callee, FlowVisitor.Way.STRAIGHT, jump, state);
            return callee;
        }
        if (variable >= 0 && variable == facts.image().guardDispatchSlot()) {
            return through(rva, state.register(0), jump, state);
        }
        return through(rva, transfer.load(transfer.address(instruction, next, state), pointerSize, state), jump, state);
    }

    private Callee through(int rva, Value pointer, boolean jump, State state) {
        Callee callee;
        if (pointer instanceof ImportPointer slot) {
            callee = new Callee.Imported(slot.slotRva());
        } else if (pointer instanceof TableFunction entry) {
            callee = new Callee.FromTable(entry.index());
        } else {
            callee = pointer instanceof Constant constant ? local(constant.number()) : new Callee.Unknown();
        }
        if (pointer == Unknown.DIFFERS && phase == Phase.SOLVE) {
            interest.blocks.add(block);   // one of the ways may tell
        }
        visit(rva, callee, FlowVisitor.Way.POINTER, jump, state);
        return callee;
    }

    private Callee local(long address) {
        int rva = facts.image().rva(address);
        return rva > 0 && map.isFunction(rva) ? facts.destination(rva) : new Callee.Unknown();
    }

    private void visit(int rva, Callee callee, FlowVisitor.Way way, boolean jump, State state) {
        if (visitor != null && !(callee instanceof Callee.Unknown)) {
            Callee end = callee instanceof Callee.Local local ? facts.destination(local.rva()) : callee;
            visitor.call(rva, end, end.equals(callee) ? way : FlowVisitor.Way.THUNK, jump, state);
        }
    }

    private void push(int rva, State state, Value value) {
        StackAddress sp = transfer.moveStack(rva, state, -pointerSize);
        state.setSlot(sp, pointerSize, value);
    }

    /** What a call leaves behind. */
    private void after(int rva, int next, Callee callee, State state) {
        if (callee instanceof Callee.Local local && facts.isFrameHelper(local.rva())) {
            Value frame = state.register(State.SP) instanceof StackAddress sp ? new StackAddress(sp.base(), sp.offset() + 4)
                    : Unknown.NOT_FOLLOWED;
            state.set(State.BP, frame);
            volatileRegisters(-1, state);
            state.set(State.SP, new StackAddress(rva, 0));
            return;
        }
        Value probed = state.register(0);
        boolean probe = probed instanceof Constant && takesStackByAccumulator(next);
        for (int i = 0; i < (wide ? 4 : 0); i++) {
            if (state.argument(i, false) instanceof StackAddress at) {
                state.escape(at);
            }
        }
        if (!wide) {
            for (int register = 0; register < 3; register++) {
                if (state.register(register) instanceof StackAddress at) {
                    state.escape(at);
                }
            }
        }
        state.calledOut();
        volatileRegisters(facts.clobbers(callee), state);
        if (probe) {
            state.set(0, probed);   // a stack probe leaves its argument, the size of the frame to come
        }
        if (state.register(State.SP) instanceof StackAddress sp) {
            OptionalInt pops = facts.pops(callee);
            if (pops.isEmpty() && !wide) {
                pops = popsByWhatFollows(next);
            }
            if (pops.isPresent()) {
                int popped = pops.getAsInt();
                state.change(sp.base(), sp.offset(), sp.offset() + Math.max(popped, wide ? 32 : 0));
                state.set(State.SP, new StackAddress(sp.base(), sp.offset() + popped));
            } else {
                state.set(State.SP, new StackAddress(rva, 0));
            }
        }
    }

    /** Forgets the registers that a callee may change by the calling convention, and does change. */
    private void volatileRegisters(int changed, State state) {
        state.set(0, Unknown.RETURNED);
        for (int register = 1; register < (wide ? 12 : 3); register++) {
            boolean mayChange = register < 3 || register >= 8;
            if (mayChange && (changed & 1 << register) != 0) {
                state.set(register, Unknown.COMPUTED);
            }
        }
    }

    /** Whether {@code sub esp,eax} or {@code sub rsp,rax} comes next. */
    private boolean takesStackByAccumulator(int next) {
        return decodeAhead(next) && ahead.op() == Op.SUB && !ahead.isMemory()
                && (ahead.form() == Opcodes.RM_R && ahead.rm() == State.SP && ahead.reg() == 0
                || ahead.form() == Opcodes.R_RM && ahead.reg() == State.SP && ahead.rm() == 0);
    }

    /**
     * How many bytes an unknown callee took off the stack, as far as the next instruction tells: {@code add esp,n} takes off what the
     * callee left; GNU's compiler puts back with {@code sub esp,n} what the callee took.
     */
    private OptionalInt popsByWhatFollows(int next) {
        if (decodeAhead(next) && !ahead.isMemory() && ahead.form() == Opcodes.RM_I && ahead.rm() == State.SP) {
            if (ahead.op() == Op.ADD) {
                return OptionalInt.of(0);
            }
            if (ahead.op() == Op.SUB && ahead.immediate() > 0 && ahead.immediate() <= 64) {
                return OptionalInt.of((int) ahead.immediate());
            }
        }
        return OptionalInt.empty();
    }

    private boolean decodeAhead(int next) {
        int range = code.range(next);
        return range >= 0 && ahead.decode(code.content(), code.index(range, next), code.indexEnd(range));
    }
}
