package org.poolscope.dfs;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.poolscope.model.Fact;
import org.poolscope.model.Provenance;

/**
 * One entry of a client's referral cache, as a listing of it prints it. Figures the listing leaves out are {@code null}.
 *
 * @param seenAt where the entry begins
 * @param path the DFS path the entry stands for, as printed
 * @param shortPath the same with short (8.3) names, as printed; {@code null} when the listing leaves it out
 * @param expiresInSeconds seconds until the entry expires: it counts down from the time to live
 * @param ttlSeconds the time to live itself, in seconds, where the listing prints it
 * @param useCount how many users the entry has
 * @param type type bits (MS-SRVS 2.2.2.13): 0x80 a root, 0x1 a DFS entry
 * @param typeLabels the words printed for those bits, in the order printed
 * @param targets the targets, in the order printed
 * @param wire fields of the referral itself, where the listing prints them (Linux does)
 */
public record ReferralCacheEntry(Provenance seenAt, String path, String shortPath, Long expiresInSeconds, Long ttlSeconds,
        Integer useCount, Integer type, List<String> typeLabels, List<CacheTarget> targets, Optional<WireFields> wire)
        implements Fact {

    private static final int TYPE_REFERRAL_SERVICE = 0x80;

    /**
     * Fields of a referral reply that the Linux client keeps with the entry.
     *
     * @param headerFlags the flags of the reply's header (MS-DFSC 2.2.4)
     * @param entryFlags the flags of the first referral entry
     * @param pathConsumed PathConsumed, converted by that client to bytes of its own character set
     * @param interlink whether the client takes the entry for a link to another namespace
     */
    public record WireFields(Integer headerFlags, Integer entryFlags, Integer pathConsumed, Boolean interlink) {
    }

    /** Checks that everything but the figures is there. */
    public ReferralCacheEntry {
        Objects.requireNonNull(seenAt, "seenAt");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(wire, "wire");
        typeLabels = List.copyOf(typeLabels);
        targets = List.copyOf(targets);
    }

    /** What the entry stands for, by its type where printed, else by how many components its path has. */
    public ReferralKind kind() {
        ReferralKind byPath = ReferralKind.ofPath(DfsPath.of(path));
        if (byPath == ReferralKind.SYSVOL) {
            return byPath;
        }
        if (type != null) {
            return (type & TYPE_REFERRAL_SERVICE) != 0 ? ReferralKind.ROOT : ReferralKind.LINK;
        }
        return typeLabels.contains("root") ? ReferralKind.ROOT : typeLabels.contains("link") ? ReferralKind.LINK : byPath;
    }
}
