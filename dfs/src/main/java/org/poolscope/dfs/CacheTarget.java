package org.poolscope.dfs;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * One target of an entry in a client's referral cache.
 *
 * @param path where the target is, as printed: {@code \server\share\folder}
 * @param state the figure printed beside it; {@code null} when none was printed
 * @param stateLabel what the listing calls that figure: {@code State} (Windows Server 2003 and before) or {@code AccessStatus}
 *     (an NTSTATUS, later systems); {@code null} when none was printed
 * @param labels the words in parentheses after it, such as {@code ACTIVE} and {@code TARGETSET}, as they
 *     are listed; empty when there are none
 */
public record CacheTarget(String path, Long state, String stateLabel, Set<String> labels) {

    /** Checks that everything but the state is there. */
    public CacheTarget {
        Objects.requireNonNull(path, "path");
        labels = Collections.unmodifiableSet(new LinkedHashSet<>(labels));
    }

    /** Whether the listing marks it as the target the client uses at present. */
    public boolean active() {
        return labels.contains("ACTIVE");
    }
}
