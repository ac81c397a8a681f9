package org.poolscope.dfs.resolve;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.StatusCode;
import org.poolscope.dfs.resolve.Resolution.Outcome;
import org.poolscope.dfs.resolve.ResolutionStep.Action;

/**
 * What stands between a program and its redirectors, as the Multiple UNC Provider of Windows does: the provider for a UNC path is
 * looked up or asked for; a path that the DFS client claims is followed to its target, and the target's path goes to the provider
 * that serves it. Not for several threads.
 */
public final class MultipleUncProvider {

    /** The name of the DFS client among the providers. */
    public static final String DFS = "dfs";
    /** The name of the SMB client among the providers. */
    public static final String SMB = "smb";

    private final DfsResolver resolver;
    private final DfsServers servers;
    /** For the paths programs use, and for those the DFS client makes of them, which never come back to it. */
    private final UncRouter router;
    private final UncRouter beneath;

    /**
     * Providers in the order they are asked.
     *
     * @param order {@link #DFS} and {@link #SMB}, or one of them
     * @param resolver the DFS client
     * @param servers how servers are reached
     * @param clock the time in milliseconds
     * @throws IllegalArgumentException when a name is neither
     */
    public MultipleUncProvider(List<String> order, DfsResolver resolver, DfsServers servers, LongSupplier clock) {
        this.resolver = resolver;
        this.servers = servers;
        List<UncProvider> providers = order.stream().map(this::provider).toList();
        this.router = new UncRouter(providers, clock);
        this.beneath = new UncRouter(providers.stream().filter(one -> !one.name().equals(DFS)).toList(), clock);
    }

    /** Finds out what a path leads to. */
    public Resolution resolve(String unc) {
        DfsPath path = DfsPath.of(unc);
        List<ResolutionStep> steps = new ArrayList<>();
        Optional<UncRouter.Claim> claim = router.route(path, steps::add);
        if (claim.isEmpty()) {
            steps.add(new ResolutionStep(Action.END, path.toString(), "no provider serves this path"));
            return new Resolution(Outcome.FAILED, Optional.empty(), DfsServers.BAD_NETWORK_PATH, steps);
        }
        if (!claim.get().provider().name().equals(DFS)) {
            long status = servers.open(path);
            steps.add(new ResolutionStep(Action.TRY, path.toString(), StatusCode.text(status)));
            return new Resolution(Outcome.NOT_DFS, Optional.of(path), status, steps);
        }
        Resolution found = resolver.resolve(unc);
        steps.addAll(found.steps());
        if (found.outcome() == Outcome.RESOLVED) {
            beneath.route(found.path().orElseThrow(), steps::add);
        }
        return new Resolution(found.outcome(), found.path(), found.status(), steps);
    }

    /** The prefixes remembered, with who serves them. */
    public List<UncRouter.Claim> prefixes() {
        List<UncRouter.Claim> all = new ArrayList<>(router.prefixes());
        all.addAll(beneath.prefixes());
        return all;
    }

    private UncProvider provider(String name) {
        return switch (name) {
            case DFS -> new Provider(DFS) {

                @Override
                public OptionalInt claim(DfsPath path, Consumer<ResolutionStep> steps) {
                    return resolver.claim(path, steps);
                }
            };
            case SMB -> new Provider(SMB) {

                /** The SMB client serves what its server has as a share, whether or not this user may use it. */
                @Override
                public OptionalInt claim(DfsPath path, Consumer<ResolutionStep> steps) {
                    if (path.components() < 2) {
                        return OptionalInt.empty();
                    }
                    long status = servers.open(path.prefix(2));
                    steps.accept(new ResolutionStep(Action.TRY, path.prefix(2).toString(), StatusCode.text(status)));
                    return status == DfsServers.SUCCESS || status == DfsServers.ACCESS_DENIED ? OptionalInt.of(2) : OptionalInt.empty();
                }
            };
            default -> throw new IllegalArgumentException("no provider named '" + name + "'; there are: " + DFS + ", " + SMB);
        };
    }

    private abstract static class Provider implements UncProvider {

        private final String name;

        Provider(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }
    }
}
