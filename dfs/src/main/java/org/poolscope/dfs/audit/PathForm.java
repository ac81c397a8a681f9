package org.poolscope.dfs.audit;

import java.util.Optional;

/**
 * The form every path has in a referral: one leading backslash, components of at least one character between single
 * backslashes.
 */
final class PathForm {

    private PathForm() {
    }

    /** What is wrong with the form of a path, as the end of a sentence that begins with the path; empty when nothing is. */
    static Optional<String> problem(String path, int leastComponents) {
        if (path.isEmpty()) {
            return Optional.of("is empty");
        }
        if (path.startsWith("\\\\")) {
            return Optional.of("begins with two backslashes, not one");
        }
        if (path.charAt(0) != '\\') {
            return Optional.of("does not begin with a backslash");
        }
        if (path.indexOf('/') >= 0) {
            return Optional.of("holds a forward slash");
        }
        if (path.indexOf("\\\\") >= 0 || path.length() > 1 && path.endsWith("\\")) {
            return Optional.of("has an empty component");
        }
        long components = path.equals("\\") ? 0 : path.chars().filter(c -> c == '\\').count();
        return components < leastComponents ? Optional.of(components == 1 ? "has one component, at least " + leastComponents
                + " are needed"
                : "has " + components + " components, at least " + leastComponents + " are needed") : Optional.empty();
    }
}
