package org.poolscope.logs;

import org.poolscope.model.Fact;
import org.poolscope.model.Provenance;

/**
 * A banner of {@code !vm} that says how many allocations have failed since boot.
 *
 * @param seenAt where it stands
 * @param what what could not be allocated, in the listing's words: {@code pool}, {@code kernel stack PTE}
 * @param count how many times
 */
public record AllocationFailures(Provenance seenAt, String what, long count) implements Fact {
}
