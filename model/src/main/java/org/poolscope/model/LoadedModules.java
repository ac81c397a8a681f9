package org.poolscope.model;

import java.util.List;

/**
 * The drivers a machine had loaded.
 *
 * @param seenAt where the list stands in the evidence
 * @param modules the modules, in load order
 */
public record LoadedModules(Provenance seenAt, List<LoadedModule> modules) implements Fact {

    public LoadedModules {
        modules = List.copyOf(modules);
    }
}
