package org.poolscope.dfs.resolve;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.resolve.ResolutionStep.Action;

/**
 * Chooses the provider for a UNC path as the Multiple UNC Provider of Windows does: by the prefix cache when a prefix was
 * claimed not long ago, else by asking the providers in their order; the first that claims a prefix gets it, and is remembered
 * for it. Not for several threads.
 */
public final class UncRouter {

    /** How long a claim is remembered: 15 minutes. */
    public static final long CLAIM_MILLIS = 15 * 60 * 1000;
    private static final int MOST_PREFIXES = 1000;

    private final List<UncProvider> providers;
    private final LongSupplier clock;
    private final Map<String, Claim> prefixes = new LinkedHashMap<>(16, 0.75f, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Claim> eldest) {
            return size() > MOST_PREFIXES;
        }
    };

    /**
     * A prefix and who serves it.
     *
     * @param prefix the prefix claimed
     * @param provider who claimed it
     * @param untilMillis when the claim is forgotten
     */
    public record Claim(DfsPath prefix, UncProvider provider, long untilMillis) {
    }

    /** A router over providers in the order they are asked; the clock tells milliseconds. */
    public UncRouter(List<UncProvider> providers, LongSupplier clock) {
        this.providers = List.copyOf(providers);
        this.clock = clock;
    }

    /**
     * Who serves a path; empty when nobody claims it.
     *
     * @param path the path
     * @param steps takes what is done to find out, to be shown
     */
    public Optional<Claim> route(DfsPath path, Consumer<ResolutionStep> steps) {
        long now = clock.getAsLong();
        for (int count = path.components(); count >= 1; count--) {
            Claim known = prefixes.get(path.prefix(count).folded());
            if (known != null && known.untilMillis() > now) {
                steps.accept(new ResolutionStep(Action.LOOK_UP_PREFIX, path.toString(), known.prefix() + " is served by "
                        + known.provider().name()));
                return Optional.of(known);
            }
        }
        steps.accept(new ResolutionStep(Action.LOOK_UP_PREFIX, path.toString(), "no prefix known: the providers are asked in order"));
        for (UncProvider provider : providers) {
            OptionalInt claimed = provider.claim(path, steps);
            steps.accept(new ResolutionStep(Action.ASK_PROVIDER, provider.name(), claimed.isEmpty() ? "does not claim " + path
                    : "claims " + path.prefix(Math.max(1, claimed.getAsInt()))));
            if (claimed.isPresent()) {
                DfsPath prefix = path.prefix(Math.max(1, claimed.getAsInt()));
                Claim claim = new Claim(prefix, provider, now + CLAIM_MILLIS);
                prefixes.put(prefix.folded(), claim);
                return Optional.of(claim);
            }
        }
        return Optional.empty();
    }

    /** The prefixes remembered, the one longest unused first. */
    public List<Claim> prefixes() {
        return List.copyOf(prefixes.values());
    }
}
