package org.poolscope.dfs.namespace;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.poolscope.dfs.DfsPath;

/**
 * A folder as a client sees it when it lists a root: the root itself, a link, or a folder that is there only because links stand
 * below it.
 */
public final class NamespaceFolder {

    private final String name;
    private final long id;
    private final NamespaceFolder parent;
    private final Map<String, NamespaceFolder> children = new LinkedHashMap<>();
    private NamespaceLink link;

    NamespaceFolder(String name, long id, NamespaceFolder parent) {
        this.name = name;
        this.id = id;
        this.parent = parent == null ? this : parent;
    }

    /** Its name; the root's for the root. */
    public String name() {
        return name;
    }

    /** A number no other folder of this root has, from 1. */
    public long id() {
        return id;
    }

    /** The folder it is in; the root is in itself. */
    public NamespaceFolder parent() {
        return parent;
    }

    /** The link that stands here, which is then all there is: a link has no children. */
    public Optional<NamespaceLink> link() {
        return Optional.ofNullable(link);
    }

    /** The folders in it, in the order the namespace gives. */
    public Collection<NamespaceFolder> children() {
        return Collections.unmodifiableCollection(children.values());
    }

    /** The folder in it with a name. */
    public Optional<NamespaceFolder> child(String childName) {
        return Optional.ofNullable(children.get(folded(childName)));
    }

    /** The path from the root down, with a backslash before each name; empty for the root. */
    public String pathBelowRoot() {
        return parent == this ? "" : parent.pathBelowRoot() + "\\" + name;
    }

    NamespaceFolder childOrNew(String childName, long newId) {
        return children.computeIfAbsent(folded(childName), key -> new NamespaceFolder(childName, newId, this));
    }

    void place(NamespaceLink placed) {
        link = placed;
    }

    private static String folded(String name) {
        return DfsPath.of(name).folded();
    }
}
