package org.poolscope.dfs.namespace;

import java.util.Arrays;

/** Where the entries of a well-formed reply begin. */
final class EntryStarts {

    private static final int HEADER = 8;

    private EntryStarts() {
    }

    /** The offset of each entry, in bytes from the start of the reply; none of a reply that another fault cut. */
    static int[] of(byte[] reply) {
        int count = reply.length < HEADER ? 0 : u16(reply, 2);
        int[] starts = new int[Math.min(count, reply.length / HEADER)];
        int found = 0;
        for (int at = HEADER; found < starts.length && at + HEADER <= reply.length; at += Math.max(HEADER, u16(reply, at + 2))) {
            // the largest fixed part of an entry, so that whoever changes a field finds it there
            if (reply[at] > 1 && at + 22 > reply.length) {
                break;
            }
            starts[found++] = at;
        }
        return Arrays.copyOf(starts, found);
    }

    private static int u16(byte[] bytes, int offset) {
        return bytes[offset] & 0xff | (bytes[offset + 1] & 0xff) << 8;
    }
}
