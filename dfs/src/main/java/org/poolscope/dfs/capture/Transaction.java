package org.poolscope.dfs.capture;

import java.util.Arrays;

/**
 * The bytes of an SMB1 transaction, which may come in several messages (MS-CIFS 3.2.4.1.5): total, and parts with their places.
 */
final class Transaction {

    private int total;
    private byte[] bytes = new byte[0];
    private int received;

    Transaction(int total) {
        this.total = total;
    }

    /** A later message may make the total smaller. */
    void limit(int newTotal) {
        total = Math.min(total, newTotal);
    }

    /** Takes a part: its length, where it begins in the message, and where in the whole it belongs. */
    void add(byte[] message, int length, int count, int offset, int displacement) {
        int there = Math.max(0, Math.min(count, Math.min(length - offset, total - displacement)));
        if (bytes.length < displacement + there) {
            bytes = Arrays.copyOf(bytes, displacement + there);
        }
        if (there > 0) {
            System.arraycopy(message, offset, bytes, displacement, there);
        }
        // what a damaged message claims but does not hold will not come later either
        received += count;
    }

    boolean isComplete() {
        return received >= total;
    }

    byte[] bytes() {
        return bytes;
    }
}
