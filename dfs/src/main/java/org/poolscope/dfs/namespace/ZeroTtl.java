package org.poolscope.dfs.namespace;

import org.poolscope.dfs.message.ReferralReply;

/** A time to live of 0 in all entries. */
final class ZeroTtl implements Fault {

    @Override
    public String name() {
        return "zero-ttl";
    }

    @Override
    public String what() {
        return "gives every referral a time to live of 0 seconds, so the client asks again each time";
    }

    @Override
    public ReferralReply spoil(ReferralMatch match, ReferralReply reply) {
        return TimesToLive.change(reply, (number, seconds) -> 0);
    }
}
