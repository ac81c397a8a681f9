package org.poolscope.diagnosis;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.poolscope.model.Address;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Progress;
import org.poolscope.model.Provenance;
import org.poolscope.pool.References;

/**
 * The one driver in whose own data pointers to the blocks of a tag stand: the head of the list they are on, or a table of them.
 *
 * @param file the driver's file, lower case
 * @param seen the first of those pointers
 */
record ReferringModule(String file, Provenance seen) {

    /** The driver; empty when no driver's data points to the blocks, or more than one's does. The kernel serves all, and does not count. */
    static Optional<ReferringModule> of(OpenPool pool, PoolTag tag) {
        List<LoadedModule> modules = pool.image().modules().value().orElse(List.of());
        Long kernel = pool.image().info().kernelBase();
        Map<LoadedModule, Long> first = new HashMap<>();
        for (References.Cursor reference = References.to(pool.image(), pool.blocks(), tag).cursor(Progress.NONE); reference.next();) {
            long from = reference.from();
            modules.stream().filter(module -> module.contains(from) && (kernel == null || module.base() != kernel)).findFirst()
                    .ifPresent(module -> first.putIfAbsent(module, from));
        }
        if (first.size() != 1) {
            return Optional.empty();
        }
        Map.Entry<LoadedModule, Long> only = first.entrySet().iterator().next();
        return Optional.of(of(pool, tag, only.getKey(), only.getValue()));
    }

    /**
     * A module that points to the blocks of a tag.
     *
     * @param from where the first pointer stands
     */
    static ReferringModule of(OpenPool pool, PoolTag tag, LoadedModule module, long from) {
        return new ReferringModule(module.name().toLowerCase(Locale.ROOT),
                pool.at("address " + Address.text(from), "data of " + module.name() + " points to a block of tag '" + tag + "'"));
    }
}
