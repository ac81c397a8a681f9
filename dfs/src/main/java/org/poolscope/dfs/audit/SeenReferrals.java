package org.poolscope.dfs.audit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.poolscope.dfs.CacheTarget;
import org.poolscope.dfs.DfsPath;
import org.poolscope.dfs.NamespaceShape;
import org.poolscope.dfs.ReferralCacheEntry;
import org.poolscope.dfs.ReferralText;
import org.poolscope.model.Provenance;

/**
 * What a client that followed the referrals of one file must hold: one entry for each DFS path, as first seen. Rules that
 * judge at the end of a file look here.
 */
final class SeenReferrals {

    /** Different DFS paths remembered. A client led to more is in trouble already, and the rest are only counted. */
    static final int MOST = 250_000;

    private final Map<String, Held> held = new LinkedHashMap<>();
    private long leftOut;
    private boolean fromWire;
    private NamespaceShape shape;

    /**
     * An entry a client holds.
     *
     * @param path the DFS path
     * @param targets its targets
     * @param request the path asked for; {@code null} when not known
     * @param flags the header's flags; {@code null} when not known
     * @param cached the entry of a cache it is; {@code null} when it was seen in a reply
     */
    record Held(Provenance seenAt, DfsPath path, List<DfsPath> targets, String request, Long flags, Long ttlSeconds,
            ReferralCacheEntry cached) {
    }

    void add(AuditedReferral referral) {
        fromWire |= referral.source() == AuditedReferral.Source.WIRE;
        List<AuditedReferral.Entry> entries = referral.targets();
        if (!referral.succeeded() || entries.isEmpty() || entries.getFirst().dfsPath() == null) {
            return;
        }
        DfsPath path = DfsPath.of(entries.getFirst().dfsPath());
        if (held.containsKey(path.folded())) {
            return;
        }
        if (held.size() >= MOST) {
            leftOut++;
            return;
        }
        List<DfsPath> targets = new ArrayList<>(entries.size());
        entries.forEach(entry -> targets.add(DfsPath.of(entry.target())));
        held.put(path.folded(), new Held(referral.seenAt(), path, targets, referral.request(), referral.headerFlags(),
                entries.getFirst().ttlSeconds(), referral.source() == AuditedReferral.Source.CACHE ? cached(referral) : null));
    }

    private static ReferralCacheEntry cached(AuditedReferral referral) {
        AuditedReferral.Entry first = referral.entries().getFirst();
        return new ReferralCacheEntry(referral.seenAt(), first.dfsPath(), null, first.ttlIsRest() ? first.ttlSeconds() : null,
                first.ttlIsRest() ? null : first.ttlSeconds(), null, null, List.of(),
                referral.targets().stream().map(entry -> new CacheTarget(entry.target(), null, null, Set.of())).toList(),
                Optional.empty());
    }

    /** The entries, in the order seen. */
    Iterable<Held> all() {
        return held.values();
    }

    /** The entry for exactly this path; {@code null} when there is none. */
    Held get(DfsPath path) {
        return held.get(path.folded());
    }

    /**
     * Whether referrals were seen on the wire: then all of a client's requests were, not only those somebody thought worth
     * quoting.
     */
    boolean isFromWire() {
        return fromWire;
    }

    /** How many entries were not remembered; repeats count again. */
    long leftOut() {
        return leftOut;
    }

    /** The shape of the namespace they show. */
    NamespaceShape shape() {
        if (shape == null) {
            List<ReferralCacheEntry> cached = new ArrayList<>();
            List<ReferralText> told = new ArrayList<>();
            for (Held one : held.values()) {
                if (one.cached() != null) {
                    cached.add(one.cached());
                } else {
                    told.add(new ReferralText(one.seenAt(), one.request(), null, null, null, one.targets().stream().map(target ->
                            new ReferralText.NamedReferral(one.seenAt(), one.path().toString(), target.toString(),
                                    one.ttlSeconds(), null))
                            .toList()));
                }
            }
            shape = NamespaceShape.of(cached, told);
        }
        return shape;
    }

    void forget() {
        held.clear();
        leftOut = 0;
        fromWire = false;
        shape = null;
    }
}
