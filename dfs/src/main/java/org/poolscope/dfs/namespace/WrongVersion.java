package org.poolscope.dfs.namespace;

/** Entries of a version one above the highest the client takes. */
final class WrongVersion implements Fault {

    @Override
    public String name() {
        return "wrong-version";
    }

    @Override
    public String what() {
        return "sends entries of a version one above the highest the client asked for";
    }

    @Override
    public byte[] spoil(ReferralMatch match, byte[] reply) {
        byte[] spoilt = reply.clone();
        for (int start : EntryStarts.of(reply)) {
            spoilt[start]++;
        }
        return spoilt;
    }
}
