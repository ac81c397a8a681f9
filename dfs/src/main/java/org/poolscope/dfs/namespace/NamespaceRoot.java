package org.poolscope.dfs.namespace;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.poolscope.dfs.DfsPath;

/** A namespace root with its links. Immutable once made. */
public final class NamespaceRoot {

    private final String name;
    private final long ttlSeconds;
    private final boolean failback;
    private final List<String> targets;
    private final List<NamespaceLink> links;
    private final NamespaceFolder folder;
    private long folders;

    /**
     * Makes a root.
     *
     * @param name its name, which is that of the share
     * @param ttlSeconds the time to live of its referrals, in seconds
     * @param failback whether clients shall go back to the first target when they can; told in version 4 only
     * @param targets its targets, {@code \server\share}; none for a root that is only on this server, whatever the client calls it
     * @param links its links
     * @throws IllegalArgumentException when two links stand at one place, or one below another
     */
    public NamespaceRoot(String name, long ttlSeconds, boolean failback, List<String> targets, Collection<NamespaceLink> links) {
        this.name = Objects.requireNonNull(name, "name");
        this.ttlSeconds = ttlSeconds;
        this.failback = failback;
        this.targets = List.copyOf(targets);
        this.links = List.copyOf(links);
        this.folder = new NamespaceFolder(name, ++folders, null);
        this.links.forEach(this::place);
    }

    private void place(NamespaceLink link) {
        NamespaceFolder at = folder;
        for (int i = 0; i < link.path().components(); i++) {
            if (at.link().isPresent()) {
                throw new IllegalArgumentException("the link " + link.path() + " stands below the link " + at.pathBelowRoot());
            }
            at = at.childOrNew(link.path().component(i), ++folders);
        }
        if (at.link().isPresent() || !at.children().isEmpty()) {
            throw new IllegalArgumentException(at.link().isPresent() ? "there are two links at " + link.path()
                    : "another link stands below the link " + link.path());
        }
        at.place(link);
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** The time to live of its referrals, in seconds. */
    public long ttlSeconds() {
        return ttlSeconds;
    }

    /** Whether clients shall go back to the first target when they can. */
    public boolean failback() {
        return failback;
    }

    /** Its targets; none for a root that is only on this server. */
    public List<String> targets() {
        return targets;
    }

    /** Its links, in the order given. */
    public List<NamespaceLink> links() {
        return links;
    }

    /** The root as a folder. */
    public NamespaceFolder folder() {
        return folder;
    }

    /** Where a path leads. */
    public sealed interface Place {

        /** To a folder of the root. */
        record InRoot(NamespaceFolder folder) implements Place {
        }

        /** To a link or to something below it: {@code components} of the path lead to the link. */
        record AtOrBelowLink(NamespaceLink link, int components) implements Place {
        }

        /** To nothing; {@code parentThere} tells whether only the last name is missing. */
        record Nowhere(boolean parentThere) implements Place {
        }
    }

    /**
     * Where a path leads from the root.
     *
     * @param path the path
     * @param skip how many of its components lead to the root
     */
    public Place find(DfsPath path, int skip) {
        NamespaceFolder at = folder;
        for (int i = skip; i < path.components(); i++) {
            Optional<NamespaceFolder> next = at.child(path.component(i));
            if (next.isEmpty()) {
                return new Place.Nowhere(i == path.components() - 1);
            }
            at = next.get();
            if (at.link().isPresent()) {
                return new Place.AtOrBelowLink(at.link().get(), i + 1);
            }
        }
        return new Place.InRoot(at);
    }
}
