package org.poolscope.dfs.namespace;

import java.util.ArrayList;
import java.util.List;
import org.poolscope.dfs.message.ReferralEntry;
import org.poolscope.dfs.message.ReferralReply;

/** Each link leads to the next link of the root, and the last one to the first. */
final class Loop implements Fault {

    @Override
    public String name() {
        return "loop";
    }

    @Override
    public String what() {
        return "makes each link lead to the next link of its root, the last to the first, an only one to itself";
    }

    @Override
    public ReferralReply spoil(ReferralMatch match, ReferralReply reply) {
        if (match.link().isEmpty()) {
            return reply;
        }
        List<NamespaceLink> links = match.root().links();
        NamespaceLink next = links.get((links.indexOf(match.link().get()) + 1) % links.size());
        String target = match.rootAsAsked() + next.path();
        ReferralEntry looped = switch (reply.entries().getFirst()) {
            case ReferralEntry.TargetEntry one -> new ReferralEntry.TargetEntry(one.version(), one.size(), one.serverType(),
                    one.flags(), one.proximity(), one.ttlSeconds(), one.dfsPath(), one.alternatePath(), target, one.serviceSite());
            default -> ReferralEntry.ShareEntry.of(0, target);
        };
        return new ReferralReply(reply.pathConsumed(), ReferralReply.FLAG_REFERRAL_SERVERS, List.of(looped));
    }
}
