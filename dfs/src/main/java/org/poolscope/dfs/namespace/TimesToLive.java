package org.poolscope.dfs.namespace;

import java.util.ArrayList;
import java.util.List;
import org.poolscope.dfs.message.ReferralEntry;
import org.poolscope.dfs.message.ReferralReply;

/** Changes the times to live of a reply. */
final class TimesToLive {

    private TimesToLive() {
    }

    /** From the number of an entry and its time to live in seconds to another time. */
    @FunctionalInterface
    interface Change {
        long of(int number, long seconds);
    }

    static ReferralReply change(ReferralReply reply, Change change) {
        List<ReferralEntry> entries = new ArrayList<>();
        for (ReferralEntry entry : reply.entries()) {
            entries.add(entry instanceof ReferralEntry.TargetEntry one ? new ReferralEntry.TargetEntry(one.version(), one.size(),
                    one.serverType(), one.flags(), one.proximity(), change.of(entries.size(), one.ttlSeconds()), one.dfsPath(),
                    one.alternatePath(), one.target(), one.serviceSite()) : entry);
        }
        return new ReferralReply(reply.pathConsumed(), reply.headerFlags(), entries);
    }
}
