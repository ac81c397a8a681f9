package org.poolscope.dfs.resolve;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.message.ReferralEntry;
import org.poolscope.dfs.message.ReferralReply;

/**
 * An entry of the referral cache (MS-DFSC 3.1.1): the DFS path it stands for and the targets, in the order the server gave
 * them. One of the targets is the hint: the one used last with success, tried first the next time.
 */
public final class CachedReferral {

    private final DfsPath prefix;
    private final boolean root;
    private final boolean interlink;
    private final boolean failback;
    private final long ttlSeconds;
    private final long learntAtMillis;
    private final List<Target> targets;
    private int hint;

    /**
     * A target.
     *
     * @param path where it is
     * @param set the number of the target set it belongs to, from 0: sets stand in order of preference
     */
    public record Target(DfsPath path, int set) {
    }

    CachedReferral(DfsPath prefix, boolean root, boolean interlink, boolean failback, long ttlSeconds, long learntAtMillis,
            List<Target> targets) {
        this.prefix = prefix;
        this.root = root;
        this.interlink = interlink;
        this.failback = failback;
        this.ttlSeconds = ttlSeconds;
        this.learntAtMillis = learntAtMillis;
        this.targets = List.copyOf(targets);
    }

    /**
     * The entry a client makes of a reply; empty when the reply names no target, lists names, or does not fit the request.
     *
     * @param request the path asked for
     * @param reply the reply
     * @param targetIsDomain whether the first component of a target is the name of a domain: then the link leads to another
     *     namespace even when the header does not say so (MS-DFSC 3.1.5.4.5)
     * @param nowMillis the time, in milliseconds
     */
    static Optional<CachedReferral> of(String request, ReferralReply reply, Predicate<DfsPath> targetIsDomain,
            long nowMillis) {
        List<Target> targets = new ArrayList<>();
        DfsPath prefix = null;
        long ttl = 0;
        boolean root = false;
        boolean failback = false;
        int set = -1;
        for (ReferralEntry entry : reply.entries()) {
            if (entry instanceof ReferralEntry.TargetEntry target) {
                set += set < 0 || target.version() == 4 && (target.flags() & ReferralEntry.FLAG_TARGET_SET_BOUNDARY) != 0 ? 1 : 0;
                targets.add(new Target(DfsPath.of(target.target()), set));
                prefix = prefix == null ? DfsPath.of(target.dfsPath()) : prefix;
                ttl = targets.size() == 1 ? target.ttlSeconds() : Math.min(ttl, target.ttlSeconds());
                failback |= target.version() == 4 && reply.has(ReferralReply.FLAG_TARGET_FAILBACK);
            } else if (entry instanceof ReferralEntry.ShareEntry share) {
                // version 1 says neither what it stands for nor how long it holds
                targets.add(new Target(DfsPath.of(share.target()), 0));
                int consumed = Math.min(reply.pathConsumed() / 2, request.length());
                prefix = prefix == null ? DfsPath.of(request.substring(0, consumed)) : prefix;
                ttl = DEFAULT_TTL_SECONDS;
            }
            root |= targets.size() == 1 && entry.serverType() == 1;
        }
        if (targets.isEmpty() || targets.stream().anyMatch(target -> target.path().components() < 2)) {
            return Optional.empty();
        }
        DfsPath asked = DfsPath.of(request);
        if (prefix.components() < 2 || prefix.components() > asked.components()
                || !below(prefix).equals(below(asked.prefix(prefix.components())))) {
            return Optional.empty();
        }
        // the server may know itself, or its domain, by another name than the client uses: later paths will use the client's
        prefix = asked.prefix(prefix.components());
        boolean marked = reply.has(ReferralReply.FLAG_REFERRAL_SERVERS) && !reply.has(ReferralReply.FLAG_STORAGE_SERVERS);
        boolean interlink = !root && (marked || targets.size() == 1 && targetIsDomain.test(targets.getFirst().path()));
        return Optional.of(new CachedReferral(prefix, root, interlink, failback, ttl, nowMillis, targets));
    }

    /** A path without its first component. */
    private static DfsPath below(DfsPath path) {
        String text = path.toString();
        return DfsPath.of(text.substring(text.indexOf('\\', 1)));
    }

    /** What the entry stands for. */
    public DfsPath prefix() {
        return prefix;
    }

    /** Whether it is for a namespace root; else for a link. */
    public boolean isRoot() {
        return root;
    }

    /** Whether its targets lie in another namespace. */
    public boolean isInterlink() {
        return interlink;
    }

    /** Whether the client shall go back to a better target set when it can. */
    public boolean hasFailback() {
        return failback;
    }

    /** Its time to live in seconds. */
    public long ttlSeconds() {
        return ttlSeconds;
    }

    /** The targets, as the server ordered them. */
    public List<Target> targets() {
        return targets;
    }

    /** The target tried first. */
    public Target hint() {
        return targets.get(hint);
    }

    /** Whether the time to live is over. */
    public boolean isExpired(long nowMillis) {
        return nowMillis - learntAtMillis >= ttlSeconds * 1000;
    }

    /** Whether it may not be used any more, refreshed or not. */
    public boolean isDead(long nowMillis, ExpiryPolicy policy) {
        return nowMillis - learntAtMillis >= ttlSeconds * 1000 * policy.hardFactor();
    }

    /** The targets in the order to try them: from the hint on, then from the beginning. */
    public List<Target> inTurn() {
        List<Target> order = new ArrayList<>(targets.subList(hint, targets.size()));
        order.addAll(targets.subList(0, hint));
        return order;
    }

    /** Remembers the target that answered. */
    void succeededWith(Target target) {
        int index = targets.indexOf(target);
        if (index >= 0) {
            hint = index;
        }
    }

    /** The path at a target that a path of the namespace stands for: the target, and what lies below the prefix. */
    public DfsPath rewrite(DfsPath path, Target target) {
        String rest = path.toString().substring(prefix.toString().length());
        return DfsPath.of(target.path() + rest);
    }

    /**
     * This entry, learnt anew, with the hint of the one it replaces: kept when its target is still there, unless failback asks
     * for the first set again.
     */
    CachedReferral refreshing(CachedReferral before) {
        Target old = before.hint();
        for (int i = 0; i < targets.size(); i++) {
            boolean same = targets.get(i).path().equals(old.path());
            if (same && !(failback && targets.get(i).set() > 0)) {
                hint = i;
            }
        }
        return this;
    }

    /** What a version 1 entry is kept for, which tells no time: as long as a root by default. */
    private static final long DEFAULT_TTL_SECONDS = 300;
}
