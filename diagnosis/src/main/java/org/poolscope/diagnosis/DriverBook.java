package org.poolscope.diagnosis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.poolscope.driver.CallSite;
import org.poolscope.driver.ScannedDriver;
import org.poolscope.driver.TagMap;
import org.poolscope.kernel.OpenKernelImage;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.LoadedModules;
import org.poolscope.model.PoolTag;

/** What the code of a case's drivers says of tags: files that were handed in, images in the memory of a dump, and maps of retagged drivers. */
final class DriverBook {

    private final List<ScannedDriver> files;
    private final List<TagMap> maps;
    private final List<LoadedDrivers> loaded;
    private final Map<PoolTag, List<Use>> byTag = new HashMap<>();
    private final Map<String, LoadedModule> modules = new HashMap<>();

    /**
     * A driver that uses a tag.
     *
     * @param driver the driver
     * @param sites its calls that allocate with the tag; empty when the tag only stands in it
     */
    record Use(ScannedDriver driver, List<CallSite> sites) {

        /** The driver's file name, lower case. */
        String file() {
            return driver.name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether a driver is the one the machine had loaded. */
    enum Build {
        /** Its link time is that of the loaded driver. */
        SAME,
        /** The loaded driver has another link time. */
        OTHER,
        /** The machine had no such driver loaded. */
        NOT_LOADED,
        /** The evidence does not say. */
        UNKNOWN
    }

    private DriverBook(Case subject) {
        files = subject.facts(ScannedDriver.class);
        maps = subject.facts(TagMap.class);
        loaded = subject.facts(OpenKernelImage.class).stream().flatMap(open -> LoadedDrivers.of(open).stream()).toList();
        for (ScannedDriver driver : files) {
            Map<PoolTag, List<CallSite>> sites = new HashMap<>();
            driver.sites().stream().filter(site -> site.isAllocation() && !site.passedOn() && site.tag() != null)
                    .forEach(site -> sites.computeIfAbsent(site.tag(), key -> new ArrayList<>()).add(site));
            sites.forEach((tag, its) -> byTag.computeIfAbsent(tag, key -> new ArrayList<>()).add(new Use(driver, its)));
        }
        for (LoadedModules list : subject.facts(LoadedModules.class)) {
            list.modules().forEach(module -> modules.putIfAbsent(module.name().toLowerCase(Locale.ROOT), module));
        }
    }

    static DriverBook of(Case subject) {
        return new DriverBook(subject);
    }

    /** Maps of retagged drivers that have the tag. */
    List<TagMap> maps(PoolTag tag) {
        return maps.stream().filter(map -> !map.sites(tag).isEmpty()).toList();
    }

    /** The driver files whose calls allocate with the tag. */
    List<Use> files(PoolTag tag) {
        return byTag.getOrDefault(tag, List.of());
    }

    /**
     * The drivers that use a tag, in files or in memory; a driver of which there is both is taken from its file. Those whose calls allocate with it
     * come alone when there are any; else those in which it only stands.
     */
    List<Use> uses(PoolTag tag) {
        List<ScannedDriver> drivers = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (ScannedDriver driver : files) {
            if (build(driver.name(), driver.timeDateStamp()) != Build.OTHER) {
                drivers.add(driver);
                known.add(driver.name().toLowerCase(Locale.ROOT));
            }
        }
        for (LoadedDrivers machine : loaded) {
            machine.holding(tag).stream().filter(driver -> known.add(driver.name().toLowerCase(Locale.ROOT))).forEach(drivers::add);
        }
        List<Use> calling = new ArrayList<>();
        List<Use> holding = new ArrayList<>();
        for (ScannedDriver driver : drivers) {
            List<CallSite> sites = driver.sitesOf(tag);
            if (!sites.isEmpty()) {
                calling.add(new Use(driver, sites));
            } else if (driver.mentions(tag)) {
                holding.add(new Use(driver, sites));
            }
        }
        return calling.isEmpty() ? holding : calling;
    }

    /** Whether a driver is the one the machine had loaded, by its name and its link time. */
    Build build(String driver, long timeDateStamp) {
        LoadedModule module = modules.get(driver.toLowerCase(Locale.ROOT));
        if (module == null) {
            return modules.isEmpty() ? Build.UNKNOWN : Build.NOT_LOADED;
        }
        return module.timeDateStamp() == null ? Build.UNKNOWN : module.timeDateStamp() == timeDateStamp ? Build.SAME : Build.OTHER;
    }
}
