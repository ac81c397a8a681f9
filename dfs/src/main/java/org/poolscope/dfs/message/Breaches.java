package org.poolscope.dfs.message;

import java.util.ArrayList;
import java.util.List;

/** Collects breaches while a message is decoded, up to a limit: a hostile reply may have hundreds of thousands. */
final class Breaches {

    private final List<Breach> list = new ArrayList<>(0);

    void add(Breach.Kind kind, int offset, int entry, String message) {
        if (list.size() < Decoded.MOST_BREACHES) {
            list.add(new Breach(kind, offset, entry, message));
        }
    }

    List<Breach> list() {
        return list;
    }
}
