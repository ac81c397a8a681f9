package org.poolscope.dfs.namespace;

import java.time.Duration;

/** Answers late, after a reply that says only that the answer will come. */
final class Slow implements Fault {

    private static final Duration LATE = Duration.ofSeconds(3);

    @Override
    public String name() {
        return "slow";
    }

    @Override
    public String what() {
        return "answers 3 seconds late, after an interim STATUS_PENDING; no rule forbids that";
    }

    @Override
    public Duration delay() {
        return LATE;
    }
}
