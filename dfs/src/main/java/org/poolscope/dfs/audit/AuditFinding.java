package org.poolscope.dfs.audit;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.poolscope.model.Provenance;

/**
 * A rule that does not hold.
 *
 * @param rule the rule's name
 * @param severity how bad it is
 * @param clause the part of the specification it stands on
 * @param seenAt where it was seen first: the file, and the frame or line in it
 * @param request the path that was asked for, or that the cache entry stands for
 * @param entry the referral entry or target it concerns, from 0
 * @param message what is wrong, as a sentence
 * @param occurrences how often exactly this was seen; the first is told
 */
public record AuditFinding(String rule, Severity severity, String clause, Provenance seenAt, Optional<String> request,
        OptionalInt entry, String message, long occurrences) {

    /** Checks that everything is there. */
    public AuditFinding {
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(severity, "severity");
        Objects.requireNonNull(clause, "clause");
        Objects.requireNonNull(seenAt, "seenAt");
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(entry, "entry");
        Objects.requireNonNull(message, "message");
    }
}
