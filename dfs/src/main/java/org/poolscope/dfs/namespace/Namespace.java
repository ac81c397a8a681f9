package org.poolscope.dfs.namespace;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.poolscope.dfs.DfsPath;

/** The namespace roots of one server, and who may ask it. Immutable. */
public final class Namespace {

    private final String server;
    private final boolean guests;
    private final Map<String, String> passwords;
    private final Map<String, NamespaceRoot> roots;

    /**
     * Makes a namespace.
     *
     * @param server the server's NetBIOS name, as clients are told
     * @param guests whether unknown and anonymous users get in
     * @param passwords the password of each user; names are not case-sensitive
     * @param roots the roots; their names are not case-sensitive
     */
    public Namespace(String server, boolean guests, Map<String, String> passwords, Collection<NamespaceRoot> roots) {
        this.server = Objects.requireNonNull(server, "server");
        this.guests = guests;
        Map<String, String> byUser = new LinkedHashMap<>();
        passwords.forEach((user, password) -> byUser.put(folded(user), password));
        this.passwords = Map.copyOf(byUser);
        Map<String, NamespaceRoot> byName = new LinkedHashMap<>();
        for (NamespaceRoot root : roots) {
            if (byName.putIfAbsent(folded(root.name()), root) != null) {
                throw new IllegalArgumentException("there are two roots named " + root.name());
            }
        }
        this.roots = byName;
    }

    /** The server's NetBIOS name. */
    public String server() {
        return server;
    }

    /** Whether unknown and anonymous users get in. */
    public boolean guests() {
        return guests;
    }

    /** The password of a user; empty for an unknown one. */
    public Optional<String> password(String user) {
        return Optional.ofNullable(passwords.get(folded(user)));
    }

    /** The roots, in the order given. */
    public List<NamespaceRoot> roots() {
        return List.copyOf(roots.values());
    }

    /** The root with a name. */
    public Optional<NamespaceRoot> root(String name) {
        return Optional.ofNullable(roots.get(folded(name)));
    }

    private static String folded(String name) {
        return DfsPath.of(name).folded();
    }
}
