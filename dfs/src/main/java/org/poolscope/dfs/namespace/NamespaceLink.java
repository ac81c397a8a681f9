package org.poolscope.dfs.namespace;

import java.util.List;
import java.util.Objects;
import org.poolscope.dfs.DfsPath;

/**
 * A link of a namespace.
 *
 * @param path where it stands below the root, for instance {@code \archive\2024}
 * @param ttlSeconds the time to live of its referrals, in seconds
 * @param failback whether clients shall go back to the first target when they can; told in version 4 only
 * @param interlink whether its target is another namespace, where the client must ask on
 * @param targets its targets, {@code \server\share[\path]}, the preferred one first
 */
public record NamespaceLink(DfsPath path, long ttlSeconds, boolean failback, boolean interlink, List<String> targets) {

    /** Checks the path and copies the list. */
    public NamespaceLink {
        Objects.requireNonNull(path, "path");
        targets = List.copyOf(targets);
        if (path.components() == 0) {
            throw new IllegalArgumentException("a link stands below its root");
        }
    }
}
