package org.poolscope.dfs.namespace;

/** Offsets of targets that lie beyond the end of the reply. */
final class BadOffset implements Fault {

    private static final int FAR = 0xfff0;

    @Override
    public String name() {
        return "bad-offset";
    }

    @Override
    public String what() {
        return "sends entries whose target is said to stand beyond the end of the reply; shows from version 2 on";
    }

    @Override
    public byte[] spoil(ReferralMatch match, byte[] reply) {
        byte[] spoilt = reply.clone();
        for (int start : EntryStarts.of(reply)) {
            // NetworkAddressOffset (MS-DFSC 2.2.5.2, 2.2.5.3.1)
            int at = start + (reply[start] == 2 ? 20 : 16);
            if (reply[start] > 1) {
                spoilt[at] = (byte) FAR;
                spoilt[at + 1] = (byte) (FAR >> 8);
            }
        }
        return spoilt;
    }
}
