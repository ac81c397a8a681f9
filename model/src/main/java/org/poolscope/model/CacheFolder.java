package org.poolscope.model;

import java.nio.file.Path;
import java.util.Map;

/** Where the program keeps what it can make again. */
public final class CacheFolder {

    private CacheFolder() {
    }

    /**
     * The folder that {@code POOLSCOPE_CACHE} names; without it, one where programs of this system keep such things. It may not
     * exist yet.
     *
     * @param environment the variables of the process
     */
    public static Path of(Map<String, String> environment) {
        String own = environment.get("POOLSCOPE_CACHE");
        String local = environment.get("LOCALAPPDATA");
        String caches = environment.get("XDG_CACHE_HOME");
        return own != null ? Path.of(own) : local != null ? Path.of(local, "poolscope")
                : caches != null && !caches.isBlank() ? Path.of(caches, "poolscope")
                : Path.of(System.getProperty("user.home"), ".cache", "poolscope");
    }
}
