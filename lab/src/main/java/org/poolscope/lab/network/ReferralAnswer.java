package org.poolscope.lab.network;

import java.util.List;

/**
 * A server's answer to a referral request, version 3, laid out as Windows servers do: header, entries, then the strings, the DFS
 * path once for all entries (MS-DFSC 2.2.4, 2.2.5.3).
 *
 * @param consumed characters of the path asked for that the entries stand for
 * @param headerFlags 1 the targets refer further, 2 they hold files
 * @param serverType 1 for targets of a root, else 0
 * @param ttlSeconds time to live
 * @param dfsPath the path the entries stand for
 * @param targets where that is
 */
public record ReferralAnswer(int consumed, int headerFlags, int serverType, long ttlSeconds, String dfsPath, List<String> targets) {

    private static final int HEADER = 8;
    private static final int ENTRY = 34;
    private static final int SERVICE_SITE = 16;

    /** Copies the list. */
    public ReferralAnswer {
        targets = List.copyOf(targets);
    }

    byte[] encode() {
        LittleEndianBytes out = new LittleEndianBytes().u16(2 * consumed).u16(targets.size()).u32(headerFlags);
        int strings = HEADER + ENTRY * targets.size();
        int target = strings + 2 * size(dfsPath);
        for (int i = 0; i < targets.size(); i++) {
            int entry = HEADER + ENTRY * i;
            out.u16(3).u16(ENTRY).u16(serverType).u16(0).u32(ttlSeconds).u16(strings - entry).u16(strings + size(dfsPath) - entry)
                    .u16(target - entry).zeros(SERVICE_SITE);
            target += size(targets.get(i));
        }
        // the second time with short names, which are the same
        out.wide(dfsPath).wide(dfsPath);
        targets.forEach(out::wide);
        return out.toBytes();
    }

    private static int size(String text) {
        return 2 * (text.length() + 1);
    }
}
