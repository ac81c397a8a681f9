package org.poolscope.dfs;

import java.util.List;
import java.util.Objects;
import org.poolscope.model.Fact;
import org.poolscope.model.Provenance;

/**
 * A referral request and its reply as Network Monitor prints them. People quote such text in part, so every piece may be missing:
 * figures and paths that are not there are {@code null}.
 *
 * @param seenAt where the text of this exchange begins
 * @param requestPath the path asked for, as printed
 * @param maxLevel the highest version of referral entries the client takes
 * @param pathConsumed bytes of the request the server accounted for
 * @param headerFlags the header's flags: 1 the targets can refer further, 2 they hold files
 * @param referrals the entries of the reply, in the order printed
 */
public record ReferralText(Provenance seenAt, String requestPath, Integer maxLevel, Integer pathConsumed, Integer headerFlags,
        List<NamedReferral> referrals) implements Fact {

    /**
     * One entry of the reply.
     *
     * @param seenAt where it is printed
     * @param dfsPath the DFS path the entry stands for ("DFS Filename")
     * @param target where that is ("DFS Sharename")
     * @param ttlSeconds its time to live in seconds
     * @param version the version of the entry
     */
    public record NamedReferral(Provenance seenAt, String dfsPath, String target, Long ttlSeconds, Integer version) {
    }

    /** Checks that the place is there. */
    public ReferralText {
        Objects.requireNonNull(seenAt, "seenAt");
        referrals = List.copyOf(referrals);
    }
}
