package org.poolscope.dfs.message;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What could be read of a message.
 *
 * @param message the message, as much of it as could be read; empty when not even its fixed part is there
 * @param breaches where its bytes break the layout, in the order met; at most {@link #MOST_BREACHES}
 * @param <T> the kind of message
 */
public record Decoded<T>(Optional<T> message, List<Breach> breaches) {

    /** No more breaches than this are listed for one message. */
    public static final int MOST_BREACHES = 100;

    /** Copies the list. */
    public Decoded {
        Objects.requireNonNull(message, "message");
        breaches = List.copyOf(breaches);
    }

    /** Whether it was read whole and nothing is broken. */
    public boolean isWellFormed() {
        return message.isPresent() && breaches.isEmpty();
    }
}
