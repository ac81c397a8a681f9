package org.poolscope.dfs.namespace;

import java.util.ArrayList;
import java.util.List;
import org.poolscope.dfs.message.ReferralEntry;
import org.poolscope.dfs.message.ReferralReply;

/** Lists the targets over and over until the buffer the client offered is full. */
final class Huge implements Fault {

    private static final int MOST_BYTES = 0xffff;

    @Override
    public String name() {
        return "huge";
    }

    @Override
    public String what() {
        return "lists the targets over and over until the buffer the client offered is full";
    }

    @Override
    public ReferralReply spoil(ReferralMatch match, ReferralReply reply) {
        List<ReferralEntry> entries = new ArrayList<>();
        int left = Math.min(match.maxOutput(), MOST_BYTES) - 8;
        while (!reply.entries().isEmpty()) {
            ReferralEntry next = reply.entries().get(entries.size() % reply.entries().size());
            left -= length(next);
            if (left < 0) {
                break;
            }
            boolean again = !entries.isEmpty() && next instanceof ReferralEntry.TargetEntry;
            entries.add(again ? withoutBoundary((ReferralEntry.TargetEntry) next) : next);
        }
        return new ReferralReply(reply.pathConsumed(), reply.headerFlags(), entries.isEmpty() ? reply.entries() : entries);
    }

    private static int length(ReferralEntry entry) {
        return entry.size() + (entry instanceof ReferralEntry.TargetEntry one
                ? 2 * (one.dfsPath().length() + one.alternatePath().length() + one.target().length() + 3) : 0);
    }

    private static ReferralEntry withoutBoundary(ReferralEntry.TargetEntry one) {
        return new ReferralEntry.TargetEntry(one.version(), one.size(), one.serverType(), 0, one.proximity(), one.ttlSeconds(),
                one.dfsPath(), one.alternatePath(), one.target(), one.serviceSite());
    }
}
