package org.poolscope.dfs.resolve;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.poolscope.dfs.DfsPath;

/**
 * The referral cache of a client, the "PKT" of Windows (MS-DFSC 3.1.1): entries by DFS path, found by the longest prefix of
 * whole components whatever the case of letters. Unlike the cache that ran a client out of memory, it has a size; the entry
 * longest unused makes room. Not for several threads.
 */
public final class ReferralCache {

    private final Map<String, CachedReferral> entries;
    private long evicted;

    /** An empty cache for so many entries. */
    public ReferralCache(int mostEntries) {
        if (mostEntries < 1) {
            throw new IllegalArgumentException("a referral cache needs room for at least one entry, not " + mostEntries);
        }
        this.entries = new LinkedHashMap<>(16, 0.75f, true) {

            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, CachedReferral> eldest) {
                boolean full = size() > mostEntries;
                evicted += full ? 1 : 0;
                return full;
            }
        };
    }

    /** The entry for the longest prefix of a path; empty when there is none. */
    public Optional<CachedReferral> find(DfsPath path) {
        for (int count = path.components(); count >= 2; count--) {
            CachedReferral found = entries.get(path.prefix(count).folded());
            if (found != null) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    /** Adds an entry, or replaces the one for the same path. */
    public void put(CachedReferral referral) {
        CachedReferral before = entries.get(referral.prefix().folded());
        entries.put(referral.prefix().folded(), before == null ? referral : referral.refreshing(before));
    }

    /** Removes an entry. */
    public void remove(CachedReferral referral) {
        entries.remove(referral.prefix().folded());
    }

    /** All entries, the one longest unused first. */
    public Collection<CachedReferral> entries() {
        return List.copyOf(entries.values());
    }

    /** How many entries had to make room. */
    public long evicted() {
        return evicted;
    }
}
