package org.poolscope.dfs.namespace;

import java.util.ArrayList;
import java.util.List;
import org.poolscope.dfs.message.ReferralEntry;
import org.poolscope.dfs.message.ReferralReply;

/** A referral for each file asked for, as if it were a link: the fault this program began with. The client keeps an entry a file. */
final class PerFile implements Fault {

    @Override
    public String name() {
        return "per-file";
    }

    @Override
    public String what() {
        return "answers for each file below a link as if it were a link itself, so the client caches an entry a file";
    }

    @Override
    public ReferralReply spoil(ReferralMatch match, ReferralReply reply) {
        String rest = match.rest();
        if (match.link().isEmpty() || rest.isEmpty()) {
            return reply;
        }
        List<ReferralEntry> entries = new ArrayList<>();
        for (ReferralEntry entry : reply.entries()) {
            entries.add(switch (entry) {
                case ReferralEntry.ShareEntry share -> ReferralEntry.ShareEntry.of(share.serverType(), share.target() + rest);
                case ReferralEntry.TargetEntry one -> new ReferralEntry.TargetEntry(one.version(), one.size(), one.serverType(),
                        one.flags(), one.proximity(), one.ttlSeconds(), match.asked(), match.asked(), one.target() + rest,
                        one.serviceSite());
                case ReferralEntry.NameListEntry names -> names;
            });
        }
        return new ReferralReply(2 * match.asked().length(), reply.headerFlags(), entries);
    }
}
