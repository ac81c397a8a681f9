package org.poolscope.dfs.resolve;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.poolscope.dfs.DfsPath;

/**
 * The domain cache of a client (MS-DFSC 3.1.1): the names of the trusted domains, and for each the domain controllers it has
 * been told of. Names are never removed. Not for several threads.
 */
public final class DomainCache {

    /** Names kept at most: a hostile server could list any number. */
    private static final int MOST_DOMAINS = 10_000;
    private static final int MOST_CONTROLLERS = 10_000;

    private final Map<String, List<String>> controllers = new HashMap<>();

    /** Learns that a name is a domain's. */
    public void addDomain(String name) {
        if (controllers.size() < MOST_DOMAINS) {
            controllers.putIfAbsent(key(name), List.of());
        }
    }

    /** Whether no domain is known. */
    public boolean isEmpty() {
        return controllers.isEmpty();
    }

    /** The names of the domains known, with letters made equal in case. */
    public Set<String> names() {
        return Set.copyOf(controllers.keySet());
    }

    /** Whether a name is known to be a domain's. */
    public boolean isDomain(String name) {
        return controllers.containsKey(key(name));
    }

    /** The controllers of a domain, the one that answered last first; none when not asked for yet. */
    public List<String> controllers(String domain) {
        return controllers.getOrDefault(key(domain), List.of());
    }

    /** Learns the controllers of a domain. */
    public void setControllers(String domain, List<String> names) {
        if (isDomain(domain)) {
            controllers.put(key(domain), names.stream().limit(MOST_CONTROLLERS).map(DomainCache::plain).toList());
        }
    }

    /** Remembers the controller that answered. */
    public void succeededWith(String domain, String controller) {
        List<String> names = new ArrayList<>(controllers(domain));
        if (names.remove(controller)) {
            names.addFirst(controller);
            controllers.put(key(domain), List.copyOf(names));
        }
    }

    private static String key(String name) {
        return DfsPath.of(name).folded();
    }

    private static String plain(String name) {
        return name.startsWith("\\") ? name.substring(1) : name;
    }
}
