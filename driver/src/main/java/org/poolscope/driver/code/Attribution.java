package org.poolscope.driver.code;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Which function an instruction belongs to, found out for those that somebody asks for. A function's code usually stands between its start and the
 * next one; pieces that compilers put elsewhere, or that several functions share, are found along the jumps that lead into them.
 */
final class Attribution {

    /** How many times the code may be gone through; only code that is built to confuse needs more than one. */
    private static final int MOST_PASSES = 6;
    /** Jumps that are followed back from a piece to the functions it belongs to. */
    private static final int MOST_SOURCES = 64;

    private final CodeMap map;
    private final CodeBytes code;
    private final Instruction instruction;
    private final Edges mentions;
    /** Jumps to the start of another function, by that start: calls in disguise. */
    private final Edges tails = new Edges();
    /** Jumps from one extent into the middle of another, by the start of the one they lead into. */
    private final Edges foreign = new Edges();
    private final Map<Integer, IntSet> bodies = new HashMap<>();
    private final Map<Integer, OptionalInt> pops = new HashMap<>();
    private final Map<Integer, int[]> mentioning = new HashMap<>();
    private long budget;

    Attribution(CodeMap map, Edges mentions, Edges jumps) {
        this.map = map;
        this.code = map.code();
        this.instruction = new Instruction(map.isWide());
        this.mentions = mentions;
        this.budget = (long) MOST_PASSES * code.total() + 1024;
        for (int i = 0; i < jumps.size(); i++) {
            int target = jumps.place(i);
            if (map.isFunction(target)) {
                tails.add(jumps.from(i), target);
            } else if (!map.isSameExtent(target, jumps.from(i))) {
                foreign.add(jumps.from(i), Math.max(0, map.extent(target)));
            }
        }
    }

    boolean isComplete() {
        return budget > 0;
    }

    /** The functions that mention a place, each once, in order. */
    int[] mentioning(int place) {
        return mentioning.computeIfAbsent(place, this::findMentioning);
    }

    private int[] findMentioning(int place) {
        IntSet functions = new IntSet();
        for (int from : mentions.to(place)) {
            addOwners(from, functions);
        }
        IntSet jumping = new IntSet();
        for (int from : tails.to(place)) {
            addOwners(from, jumping);
        }
        jumping.remove(place);   // a loop to the function's own start
        for (int function : jumping.toSortedArray()) {
            functions.add(function);
        }
        return functions.toSortedArray();
    }

    private void addOwners(int rva, IntSet functions) {
        IntSet looked = new IntSet();
        IntList open = new IntList();
        open.add(rva);
        int sources = 0;
        while (!open.isEmpty()) {
            int extent = map.extent(open.removeLast());
            if (!looked.add(Math.max(0, extent))) {
                continue;
            }
            if (extent >= 0 && body(extent).contains(rva)) {
                functions.add(extent);
            }
            for (int source : foreign.to(Math.max(0, extent))) {
                if (sources++ < MOST_SOURCES) {
                    open.add(source);
                }
            }
        }
    }

    /** The instructions of a function, by their RVAs. */
    private IntSet body(int function) {
        IntSet known = bodies.get(function);
        if (known == null) {
            known = new IntSet();
            walk(function, known, false);
            bodies.put(function, known);
        }
        return known;
    }

    /** How many bytes of arguments a function takes off the stack when it returns; empty when it does not return. */
    OptionalInt pops(int function) {
        return pops.computeIfAbsent(function, start -> walk(start, new IntSet(), true));
    }

    /** Goes through a function's code; returns what its first return takes off the stack, and ends there when that is all that is wanted. */
    private OptionalInt walk(int function, IntSet body, boolean onlyReturn) {
        IntList blocks = new IntList();
        blocks.add(function);
        OptionalInt popped = OptionalInt.empty();
        while (!blocks.isEmpty()) {
            int rva = blocks.removeLast();
            int range = code.range(rva);
            while (range >= 0 && rva < code.end(range) && budget > 0 && (rva == function || !map.isFunction(rva)) && body.add(rva)
                    && instruction.decode(code.content(), code.index(range, rva), code.indexEnd(range))) {
                budget -= instruction.length();
                int next = rva + instruction.length();
                Op op = instruction.op();
                if (op == Op.JUMP || op == Op.JUMP_IF) {
                    if (instruction.form() == Opcodes.REL) {
                        blocks.add((int) (next + instruction.immediate()));
                    } else {
                        for (int target : map.jumpTargets(rva)) {
                            blocks.add(target);
                        }
                    }
                } else if (op == Op.RETURN && popped.isEmpty()) {
                    popped = OptionalInt.of((int) instruction.immediate());
                    if (onlyReturn) {
                        return popped;
                    }
                }
                if (map.ends(op, next)) {
                    break;
                }
                rva = next;
            }
        }
        return popped;
    }
}
