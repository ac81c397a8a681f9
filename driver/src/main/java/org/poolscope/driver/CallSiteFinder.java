package org.poolscope.driver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.poolscope.driver.code.Callee;
import org.poolscope.driver.code.CodeMap;
import org.poolscope.driver.code.FlowFacts;
import org.poolscope.driver.code.FlowVisitor;
import org.poolscope.driver.code.FunctionFlow;
import org.poolscope.driver.code.State;
import org.poolscope.driver.code.Value;
import org.poolscope.driver.code.Value.Constant;
import org.poolscope.driver.code.Value.Passed;
import org.poolscope.driver.pe.Export;
import org.poolscope.driver.pe.Import;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.model.Architecture;

/**
 * Finds the call sites of one image.
 *
 * <p>Only functions that matter are followed: first those that mention an import slot of a pool function, then, level by level, those
 * that mention a function found to pass its own arguments on to one (a wrapper). What a call means is an {@link Effect}.
 */
final class CallSiteFinder {

    private static final int MOST_LEVELS = 8;
    private static final int MOST_SITES = 100_000;
    /** A function that takes the size from its caller and makes no more calls than these stands for its callers; a larger one for itself. */
    private static final int MOST_CALLS_OF_WRAPPER = 2;

    /** A tag or size may be part of a structure that starts up to this many bytes before it. The pool is one variable of the headers'. */
    private static final int STRUCTURE = 0x40;

    private final PeImage image;
    private final CodeMap map;
    private final FlowFacts facts;
    private final FunctionFlow flow;
    private final SiteBook book;
    private final boolean wide;
    private final Map<Callee, List<Effect>> apis = new HashMap<>();
    /** What calls mean that are looked for now. */
    private Map<Callee, List<Effect>> wanted = new HashMap<>();
    /** What was found to be looked for next. */
    private Map<Callee, List<Effect>> found = new LinkedHashMap<>();
    private final Map<Integer, Set<Value>> stored = new TreeMap<>();
    private final Set<Integer> followedForStores = new HashSet<>();
    private final Map<Integer, Value> variables = new HashMap<>();

    private CallSiteFinder(PeImage image) {
        this.image = image;
        this.wide = image.architecture() == Architecture.X64;
        this.map = CodeMap.of(image);
        this.facts = new FlowFacts(map, each -> each.name() == null ? OptionalInt.empty() : PoolFunctions.x86Pops(each.name()));
        this.flow = new FunctionFlow(facts);
        this.book = new SiteBook(image);
    }

    /**
     * What was found.
     *
     * @param sites the sites, in the order of their RVAs
     * @param map the image's code
     */
    record Result(List<CallSite> sites, CodeMap map) {
    }

    /** Finds the sites of an image for x86 or x64. */
    static Result find(PeImage image, FunctionNames names) {
        CallSiteFinder finder = new CallSiteFinder(image);
        finder.find();
        return new Result(finder.book.sites(names), finder.map);
    }

    private void find() {
        Set<Integer> work = new LinkedHashSet<>();
        for (Import each : image.imports()) {
            if (each.name() != null) {
                look(new Callee.Imported(each.slotRva()), each.slotRva(), PoolFunctions.named(each.name()), work);
            }
        }
        for (Export each : image.exports()) {   // the kernel and its libraries call their own
            if (each.name() != null && each.forwarder() == null && map.isFunction(each.rva())) {
                look(new Callee.Local(each.rva()), each.rva(), PoolFunctions.named(each.name()), work);
            }
        }
        lookForFramework(work);
        if (apis.isEmpty()) {
            return;
        }
        wanted = apis;
        addThroughThunks(work);
        follow(work);
        follow(throughVariables());
        for (int level = 1; level < MOST_LEVELS && !found.isEmpty(); level++) {
            wanted = found;
            found = new LinkedHashMap<>();
            Set<Integer> callers = new LinkedHashSet<>();
            for (Callee wrapper : wanted.keySet()) {
                addMentioning(((Callee.Local) wrapper).rva(), callers);
            }
            addThroughThunks(callers);
            follow(callers);
        }
    }

    private void look(Callee callee, int place, List<PoolFunction> functions, Set<Integer> work) {
        if (!functions.isEmpty()) {
            apis.put(callee, functions.stream().map(Effect::of).toList());
            for (int function : map.mentioning(place)) {
                work.add(function);
            }
        }
    }

    private void lookForFramework(Set<Integer> work) {
        Optional<FrameworkTable> table = FrameworkTable.find(image);
        if (table.isEmpty()) {
            return;
        }
        int place = table.get().place();
        boolean pointer = table.get().isPointer();
        if (pointer) {
            facts.tablePointer(place);
        } else {
            facts.table(place, table.get().functions());
        }
        PoolFunctions.framework().forEach((number, function) ->
                look(new Callee.FromTable(number), pointer ? place : place + number * (wide ? 8 : 4), List.of(function), work));
    }

    /** Adds the functions that mention a place, by itself or by a variable that holds its address. */
    private void addMentioning(int place, Set<Integer> work) {
        for (int function : map.mentioning(place)) {
            work.add(function);
        }
        for (int pointer : map.pointersTo(place)) {
            for (int function : map.mentioning(pointer)) {
                work.add(function);
            }
        }
    }

    /** Adds what mentions the functions among these that only jump on. */
    private void addThroughThunks(Set<Integer> work) {
        List<Integer> open = new ArrayList<>(work);
        while (!open.isEmpty()) {
            int function = open.removeLast();
            if (isThunk(function)) {
                Set<Integer> callers = new LinkedHashSet<>();
                addMentioning(function, callers);
                for (int caller : callers) {
                    if (work.add(caller)) {
                        open.add(caller);
                    }
                }
            }
        }
    }

    private boolean isThunk(int function) {
        return !facts.destination(function).equals(new Callee.Local(function));
    }

    /** Finds variables that only ever hold the address of one pool function, and returns the functions that mention them. */
    private Set<Integer> throughVariables() {
        List<Integer> candidates = new ArrayList<>();
        stored.forEach((variable, values) -> {
            if (values.stream().anyMatch(this::leadsToPoolFunction)) {
                candidates.add(variable);
            }
        });
        candidates.forEach(this::noteStores);
        Set<Integer> again = new LinkedHashSet<>();
        for (int variable : candidates) {
            Set<Value> values = new HashSet<>(stored.get(variable));
            values.removeIf(value -> value instanceof Constant constant && constant.number() == 0);
            if (values.size() == 1) {
                facts.pointer(variable, values.iterator().next());
                addMentioning(variable, again);
            }
        }
        return again;
    }

    /** Makes sure that everything written to a variable is known. */
    private void noteStores(int variable) {
        for (int function : map.mentioning(variable)) {
            if (followedForStores.add(function)) {
                flow.follow(function, new Recorder(function, false));
            }
        }
    }

    /**
     * What a variable of the driver can hold: what it starts with and what is written to it, when that is all constant.
     *
     * @param near how many bytes before the variable nothing may have its address taken
     */
    private Value settled(Value value, int near) {
        if (!(value instanceof Value.Variable variable)) {
            return value;
        }
        return map.isAddressTaken(variable.rva(), near) ? Value.Unknown.LOADED
                : variables.computeIfAbsent(variable.rva(), this::held);
    }

    private Value held(int variable) {
        Optional<Constant> initial = facts.initial(variable);
        if (initial.isEmpty()) {
            return Value.Unknown.LOADED;
        }
        noteStores(variable);
        List<Constant> constants = new ArrayList<>();
        constants.add(initial.get());
        for (Value value : stored.getOrDefault(variable, Set.of())) {
            if (value.constants().isEmpty()) {
                return Value.Unknown.LOADED;
            }
            value.constants().stream().filter(constant -> !constants.contains(constant)).forEach(constants::add);
        }
        Value choice = Value.choice(constants);
        return choice == Value.Unknown.DIFFERS ? Value.Unknown.LOADED : choice;
    }

    private boolean leadsToPoolFunction(Value value) {
        if (value instanceof Value.ImportPointer slot) {
            return apis.containsKey(new Callee.Imported(slot.slotRva()));
        }
        int rva = value instanceof Constant constant ? image.rva(constant.number()) : -1;
        return rva > 0 && map.isFunction(rva) && apis.containsKey(facts.destination(rva));
    }

    private void follow(Set<Integer> functions) {
        for (int function : functions) {
            if (book.size() > MOST_SITES) {
                return;
            }
            Recorder recorder = new Recorder(function, true);
            boolean balanced = flow.follow(function, recorder);
            int calls = flow.calls();
            for (Recorder.Seen seen : recorder.calls) {
                Effect call = balanced ? seen.call() : seen.call().withoutStack();
                judge(function, seen.rva(), call.with(settled(call.tag(), STRUCTURE), settled(call.size(), STRUCTURE), settled(call.pool(), 0)), calls);
            }
            followedForStores.add(function);
        }
    }

    /** Notes the calls of one function, and what it writes to variables. */
    private final class Recorder implements FlowVisitor {
        private final int function;
        private final boolean wantsCalls;
        private final List<Seen> calls = new ArrayList<>();

        private record Seen(int rva, Effect call) {
        }

        private Recorder(int function, boolean wantsCalls) {
            this.function = function;
            this.wantsCalls = wantsCalls;
        }

        @Override
        public boolean wants(Callee callee) {
            return wantsCalls && wanted.containsKey(callee);
        }

        @Override
        public void call(int rva, Callee callee, Way way, boolean jump, State state) {
            if (wantsCalls && !(jump && isThunk(function))) {
                for (Effect effect : wanted.getOrDefault(callee, List.of())) {
                    effect.atCall(way, jump, state, wide).ifPresent(call -> calls.add(new Seen(rva, call)));
                }
            }
        }

        @Override
        public void store(int variable, Value value) {
            stored.computeIfAbsent(variable, key -> new LinkedHashSet<>()).add(value);
        }
    }

    /** Decides whether a call is a site, or what its function's callers make of it, or both. */
    private void judge(int function, int rva, Effect call, int callsInFunction) {
        boolean cycle = call.through().contains(function);
        if (call.informs() != null) {
            if (call.size() instanceof Passed && !cycle) {
                lookNext(function, call.passedOnBy(function, call.informs()));
            } else {
                call.informs().told(call.size());
            }
            return;
        }
        if (cycle && call.tag() instanceof Passed) {
            return;   // it calls itself with the tag it was given
        }
        boolean hasCallers = !cycle && map.mentioning(function).length > 0;
        boolean passesTag = hasCallers && call.tag() instanceof Passed;
        boolean passesSize = hasCallers && !passesTag && call.size() instanceof Passed
                && call.api().operation() == PoolFunction.Operation.ALLOCATE;
        boolean callersAreSites = passesTag || passesSize && callsInFunction <= MOST_CALLS_OF_WRAPPER;
        List<SiteDraft> drafts = book.note(rva, enclosing(function, rva), call, callersAreSites);
        if (callersAreSites) {
            lookNext(function, call.passedOnBy(function, null));
        } else if (passesSize) {
            drafts.forEach(draft -> {
                draft.asksCallers();
                lookNext(function, call.passedOnBy(function, draft));
            });
        }
    }

    private void lookNext(int function, Effect effect) {
        List<Effect> effects = found.computeIfAbsent(new Callee.Local(function), key -> new ArrayList<>());
        if (!effects.contains(effect)) {
            effects.add(effect);
        }
    }

    /** The function to name for a call: the one that was followed, unless that is only a guess. */
    private int enclosing(int function, int rva) {
        int nearest = map.isGuessed(function) ? map.nearest(rva) : function;
        return nearest < 0 ? function : nearest;
    }
}
