package org.poolscope.dfs.resolve;

import java.util.List;
import java.util.Optional;
import org.poolscope.dfs.DfsPath;

/**
 * What became of a path.
 *
 * @param outcome how it ended
 * @param path the path to use; empty when there is none
 * @param status the NTSTATUS a program that opened the path would get
 * @param steps how it came about
 */
public record Resolution(Outcome outcome, Optional<DfsPath> path, long status, List<ResolutionStep> steps) {

    /** How a resolution ends. */
    public enum Outcome {
        /** A target was found that answers. */
        RESOLVED,
        /** The path is in no namespace: it is used as it stands. */
        NOT_DFS,
        /** No target answers, or a server refused. */
        FAILED,
        /** Links led on and on; the limit was reached. */
        LOOP
    }

    /** Copies the list. */
    public Resolution {
        steps = List.copyOf(steps);
    }
}
