package org.poolscope.dfs.namespace;

import java.util.Arrays;

/** A reply that ends in the middle of its last entry. */
final class Truncated implements Fault {

    @Override
    public String name() {
        return "truncated";
    }

    @Override
    public String what() {
        return "sends replies that end in the middle of the last entry they count";
    }

    @Override
    public byte[] spoil(ReferralMatch match, byte[] reply) {
        int[] starts = EntryStarts.of(reply);
        return starts.length == 0 ? Arrays.copyOf(reply, reply.length / 2) : Arrays.copyOf(reply, starts[starts.length - 1] + 6);
    }
}
