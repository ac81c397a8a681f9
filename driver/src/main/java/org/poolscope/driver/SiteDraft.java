package org.poolscope.driver;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.poolscope.driver.code.Value;
import org.poolscope.driver.code.Value.Constant;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;

/** A call site while more is still being learnt about it. */
final class SiteDraft {

    private final int rva;
    private final int function;
    private final Effect effect;
    private final TagOption option;
    private final Set<Long> sizes = new TreeSet<>();
    private final Set<PoolKind> pools = EnumSet.noneOf(PoolKind.class);
    private String sizeUnknown = "";
    private boolean exactSize = true;
    private boolean poolUnknown;
    private boolean passedOn = true;
    private boolean asksCallers;
    private boolean callersTell = true;

    /**
     * One tag a call can have.
     *
     * @param tag the tag, or {@code null}
     * @param isProtected whether its bit 31 is set
     * @param unknown why there is none
     * @param patch where it stands in the code, or {@code null}
     * @param noPatch why it does not stand there
     */
    record TagOption(PoolTag tag, boolean isProtected, String unknown, CallSite.TagBytes patch, String noPatch) {

        @Override
        public boolean equals(Object other) {
            return other instanceof TagOption option && (tag == null) == (option.tag == null) && key() == option.key()
                    && option.isProtected == isProtected && option.unknown.equals(unknown) && Objects.equals(option.patch, patch) && option.noPatch.equals(noPatch);
        }

        @Override
        public int hashCode() {
            return (key() * 31 + unknown.hashCode()) * 31 + Objects.hashCode(patch);
        }

        private int key() {
            return tag == null ? 0 : tag.key();
        }

        static TagOption unknown(String why) {
            return new TagOption(null, false, why, null, "");
        }
    }

    SiteDraft(int rva, int function, Effect effect, TagOption option) {
        this.rva = rva;
        this.function = function;
        this.effect = effect;
        this.option = option;
    }

    int rva() {
        return rva;
    }

    /** The function the call stands in. */
    int function() {
        return function;
    }

    TagOption option() {
        return option;
    }

    /** The functions on the way to the pool function. */
    List<Integer> through() {
        return effect.through();
    }

    /** Adds what one way to the call brings along. */
    void reached(Effect seen, boolean callersAreSites) {
        passedOn &= callersAreSites;
        size(seen.size());
        pool(seen);
    }

    private void size(Value size) {
        if (size == null) {
            return;
        }
        List<Constant> constants = size.constants();
        constants.forEach(constant -> sizes.add(constant.number()));
        if (constants.isEmpty()) {
            sizeUnknown = reason(size);
        }
    }

    private void pool(Effect seen) {
        exactSize &= seen.api().addsNothing();
        if (seen.pool() == null) {
            Optional<PoolKind> fixed = seen.api().fixedPool();
            fixed.ifPresent(pools::add);
            poolUnknown |= fixed.isEmpty();
            return;
        }
        List<Constant> constants = seen.pool().constants();
        poolUnknown |= constants.isEmpty();
        exactSize &= !constants.isEmpty();
        for (Constant constant : constants) {
            exactSize &= !seen.api().isCacheAligned(constant.number());
            Optional<PoolKind> kind = seen.api().poolOf(constant.number());
            kind.ifPresent(pools::add);
            poolUnknown |= kind.isEmpty();
        }
    }

    /** Says that callers decide about the size, though they are no sites of their own. */
    void asksCallers() {
        asksCallers = true;
    }

    /** Takes the size that one caller gives. */
    void told(Value size) {
        List<Constant> constants = size.constants();
        constants.forEach(constant -> sizes.add(constant.number()));
        callersTell &= !constants.isEmpty();
    }

    /** The site as it is known now. */
    CallSite site(FunctionNames names, int alternatives) {
        boolean known = sizeUnknown.isEmpty() || asksCallers && callersTell && !sizes.isEmpty();
        PoolKind pool = poolUnknown || pools.size() != 1 ? null : pools.iterator().next();
        List<String> through = new ArrayList<>();
        effect.through().forEach(each -> through.add(names.of(each)));
        return new CallSite(rva, names.of(function), function, effect.api().name(), effect.api().operation().word(), option.tag(),
                option.isProtected(), option.unknown(), pool, known ? List.copyOf(sizes) : List.of(), known ? "" : sizeUnknown, exactSize,
                through.isEmpty() ? effect.via() : CallSite.Via.WRAPPER, through, passedOn, alternatives, option.patch(), option.noPatch());
    }

    /** Why a value is not known, as a clause. */
    static String reason(Value value) {
        if (value instanceof Value.Unknown unknown) {
            return unknown.reason();
        }
        if (value instanceof Value.Passed) {
            return "given by the caller";
        }
        return value instanceof Value.Variable ? Value.Unknown.LOADED.reason() : "computed";
    }
}
