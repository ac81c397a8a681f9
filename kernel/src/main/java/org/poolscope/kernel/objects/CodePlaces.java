package org.poolscope.kernel.objects;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.UnloadedModule;
import org.poolscope.model.LoadedModule;

/** Names addresses of code: {@code ioleak.sys+0x1a2c}. Modules that were unloaded are named too, and marked so. */
final class CodePlaces {

    private final List<LoadedModule> modules;
    private final List<UnloadedModule> unloaded;

    private CodePlaces(List<LoadedModule> modules, List<UnloadedModule> unloaded) {
        this.modules = modules;
        this.unloaded = unloaded;
    }

    static CodePlaces of(KernelImage image) {
        return new CodePlaces(image.modules().value().orElse(List.of()), image.unloadedModules().value().orElse(List.of()));
    }

    static CodePlaces of(List<LoadedModule> modules) {
        return new CodePlaces(new ArrayList<>(modules), List.of());
    }

    /** The module that holds an address. */
    Optional<LoadedModule> module(long address) {
        for (LoadedModule module : modules) {
            if (module.contains(address)) {
                return Optional.of(module);
            }
        }
        return Optional.empty();
    }

    /** Module and offset of an address; empty when no module is or was there. */
    Optional<String> symbol(long address) {
        Optional<LoadedModule> module = module(address);
        if (module.isPresent()) {
            return Optional.of("%s+0x%x".formatted(module.get().name(), address - module.get().base()));
        }
        for (UnloadedModule gone : unloaded) {
            if (Long.compareUnsigned(address, gone.start()) >= 0 && Long.compareUnsigned(address, gone.end()) < 0) {
                return Optional.of("%s (unloaded)+0x%x".formatted(gone.name(), address - gone.start()));
            }
        }
        return Optional.empty();
    }
}
