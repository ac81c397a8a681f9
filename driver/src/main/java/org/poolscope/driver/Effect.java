package org.poolscope.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.poolscope.driver.PoolFunction.Argument;
import org.poolscope.driver.code.FlowVisitor;
import org.poolscope.driver.code.State;
import org.poolscope.driver.code.Value;
import org.poolscope.driver.code.Value.Constant;
import org.poolscope.driver.code.Value.Passed;

/**
 * What a call means: of a pool function what the table says, of a wrapper what was found inside. Its values are in terms of what the
 * called function finds at its entry; {@link #atCall} puts them in terms of the caller.
 *
 * @param api the pool function that is called in the end
 * @param tag the tag; {@code null} when the function takes none
 * @param size the size; {@code null} when the function takes none
 * @param pool the argument that gives the pool; {@code null} when there is none
 * @param via how the pool function is called
 * @param through the functions on the way, outermost first; empty for the pool function itself
 * @param informs the site that calls tell a size to, when they are no sites of their own; {@code null} otherwise
 */
record Effect(PoolFunction api, Value tag, Value size, Value pool, CallSite.Via via, List<Integer> through, SiteDraft informs) {

    /** A config structure's tag stands after a size, two pointers and flags (wdfdriver.h). */
    private static final int CONFIG_TAG_X86 = 0x10;
    private static final int CONFIG_TAG_X64 = 0x1c;

    Effect {
        through = List.copyOf(through);
    }

    // Written out, for runs too short for the method handles behind a record's own: see Value.
    @Override
    public boolean equals(Object other) {
        return other instanceof Effect effect && effect.api == api && effect.via == via && effect.informs == informs && Objects.equals(effect.tag, tag)
                && Objects.equals(effect.size, size) && Objects.equals(effect.pool, pool) && effect.through.equals(through);
    }

    @Override
    public int hashCode() {
        return Objects.hash(System.identityHashCode(api), tag, size, through);
    }

    /** What a call of a pool function means. */
    static Effect of(PoolFunction api) {
        return new Effect(api, null, null, null, null, List.of(), null);
    }

    /** The same for callers of the function that contains the call. */
    Effect passedOnBy(int function, SiteDraft informed) {
        List<Integer> longer = new ArrayList<>();
        longer.add(function);
        longer.addAll(through);
        return new Effect(api, tag, size, pool, via, longer, informed);
    }

    /** The same with other values. */
    Effect with(Value otherTag, Value otherSize, Value otherPool) {
        return new Effect(api, otherTag, otherSize, otherPool, via, through, informs);
    }

    /** The same when what came on the stack is not to be believed. */
    Effect withoutStack() {
        return with(withoutStack(tag), withoutStack(size), withoutStack(pool));
    }

    private static Value withoutStack(Value value) {
        return value instanceof Passed passed && passed.isOnStack() ? Value.Unknown.NOT_FOLLOWED : value;
    }

    /** What it means in terms of the function that makes the call; empty when it means nothing. */
    Optional<Effect> atCall(FlowVisitor.Way way, boolean jump, State state, boolean wide) {
        if (!through.isEmpty()) {
            return Optional.of(with(given(tag, jump, state), given(size, jump, state), given(pool, jump, state)));
        }
        if (api.condition() != null) {
            Value value = argument(api.condition().argument(), jump, state, wide);
            if (!(value instanceof Constant constant) || (constant.number() & 0xffff_ffffL) != api.condition().value()) {
                return Optional.empty();
            }
        }
        Value named = argument(api.tag(), jump, state, wide);
        if (api.tagInConfig()) {
            named = state.field(named, wide ? CONFIG_TAG_X64 : CONFIG_TAG_X86);
        }
        return Optional.of(new Effect(api, named, argument(api.size(), jump, state, wide), argument(api.pool(), jump, state, wide),
                via(way, jump), List.of(), null));
    }

    private CallSite.Via via(FlowVisitor.Way way, boolean jump) {
        if (PoolFunctions.isFramework(api)) {
            return CallSite.Via.FRAMEWORK;
        }
        return switch (way) {
            case POINTER -> CallSite.Via.POINTER;
            case THUNK -> jump ? CallSite.Via.JUMP : CallSite.Via.THUNK;
            case STRAIGHT -> jump ? CallSite.Via.JUMP : CallSite.Via.CALL;
        };
    }

    private static Value argument(Argument argument, boolean jump, State state, boolean wide) {
        return argument.exists() ? state.argument(argument.place(wide), jump) : null;
    }

    /** A value that the called function passes on, as the calling one gives it. */
    private static Value given(Value inside, boolean jump, State state) {
        if (!(inside instanceof Passed passed)) {
            return inside;
        }
        long plus = passed.plus();
        Value outside = state.passed(passed.place(), jump);
        if (outside instanceof Constant constant) {
            return constant.plus(plus);
        }
        if (outside instanceof Value.Choice choice) {
            return Value.choice(choice.options().stream().map(option -> option.plus(plus)).toList());
        }
        if (outside instanceof Passed outer) {
            return new Passed(outer.place(), outer.plus() + plus);
        }
        return outside instanceof Value.Unknown || outside instanceof Value.Variable && plus == 0 ? outside : Value.Unknown.COMPUTED;
    }
}
