package org.poolscope.dfs.namespace;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What a server answers to a referral request.
 *
 * @param status the NTSTATUS, as an unsigned number
 * @param reply the reply's bytes; none with a refusal
 * @param delay how long to wait before it is sent
 * @param path the path asked for; empty when the request could not be read
 */
public record ReferralAnswer(long status, byte[] reply, Duration delay, Optional<String> path) {

    /** Checks that all is there. */
    public ReferralAnswer {
        Objects.requireNonNull(reply, "reply");
        Objects.requireNonNull(delay, "delay");
    }
}
