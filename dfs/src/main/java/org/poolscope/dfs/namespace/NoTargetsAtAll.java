package org.poolscope.dfs.namespace;

import java.util.List;
import org.poolscope.dfs.message.ReferralReply;

/** Success, with no entry at all. */
final class NoTargetsAtAll implements Fault {

    @Override
    public String name() {
        return "no-targets";
    }

    @Override
    public String what() {
        return "answers with success and no target";
    }

    @Override
    public ReferralReply spoil(ReferralMatch match, ReferralReply reply) {
        return new ReferralReply(reply.pathConsumed(), reply.headerFlags(), List.of());
    }
}
