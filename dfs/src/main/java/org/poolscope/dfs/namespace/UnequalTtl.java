package org.poolscope.dfs.namespace;

import org.poolscope.dfs.message.ReferralReply;

/** A different time to live in each entry of a reply. */
final class UnequalTtl implements Fault {

    @Override
    public String name() {
        return "unequal-ttl";
    }

    @Override
    public String what() {
        return "gives each target of a reply another time to live; shows with two targets or more";
    }

    @Override
    public ReferralReply spoil(ReferralMatch match, ReferralReply reply) {
        return TimesToLive.change(reply, (number, seconds) -> seconds + 60L * number);
    }
}
