package org.poolscope.dfs.server;

import java.util.BitSet;

/**
 * The message numbers a client may use (3.3.1.1): each request uses up one number or more, each response grants new ones. Numbers
 * may be used in any order, each once.
 */
final class CreditWindow {

    /** Numbers a client holds at most, used ones with an unused one before them included. */
    static final int MOST = 512;

    private final BitSet used = new BitSet(MOST);
    private long lowest;
    private int size = 1;

    /** Uses up numbers; says whether the client had them. */
    boolean use(long first, int count) {
        long from = first - lowest;
        if (from < 0 || count > MOST || from + count > size) {
            return false;
        }
        int place = (int) from;
        if (!used.get(place, place + count).isEmpty()) {
            return false;
        }
        used.set(place, place + count);
        int done = used.nextClearBit(0);
        if (done > 0) {
            BitSet rest = used.get(done, Math.max(done, used.length()));
            used.clear();
            used.or(rest);
            lowest += done;
            size -= done;
        }
        return true;
    }

    /** Grants numbers: what was asked for, at least one, as far as the window reaches. */
    int grant(int asked) {
        int granted = Math.min(Math.max(1, asked), MOST - size);
        size += granted;
        return granted;
    }
}
