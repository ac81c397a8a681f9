package org.poolscope.dfs.namespace;

import org.poolscope.dfs.message.ReferralReply;

/** PathConsumed one character short, as if the client had asked with one backslash more than it did. */
final class PathConsumedShort implements Fault {

    @Override
    public String name() {
        return "path-consumed-short";
    }

    @Override
    public String what() {
        return "counts one character too few as consumed, so the client appends the last letter of the link to the target";
    }

    @Override
    public ReferralReply spoil(ReferralMatch match, ReferralReply reply) {
        return new ReferralReply(Math.max(0, reply.pathConsumed() - 2), reply.headerFlags(), reply.entries());
    }
}
