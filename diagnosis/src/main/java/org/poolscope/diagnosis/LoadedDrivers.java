package org.poolscope.diagnosis;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.poolscope.driver.DriverFile;
import org.poolscope.driver.ScannedDriver;
import org.poolscope.driver.pe.ExportNames;
import org.poolscope.driver.pe.PeImage;
import org.poolscope.kernel.OpenKernelImage;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.Address;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.PoolTag;
import org.poolscope.model.Provenance;

/**
 * The drivers in the memory of a dump, as far as their code is in it. Only those whose image holds the four bytes of a tag are looked into: a
 * search of a machine's drivers for four bytes takes a fraction of a second, following all their code takes many. Their functions are named by their
 * PDB files when these are found where the image's symbols are looked for.
 */
final class LoadedDrivers {

    private static final int PAGE = 0x1000;
    /** No driver is larger; a damaged list must not make us search for hours. */
    private static final long LARGEST = 256L << 20;
    private static final int PROTECTED = 0x8000_0000;

    private final OpenKernelImage open;
    private final VirtualMemory memory;
    private final List<LoadedModule> modules;
    private final Map<LoadedModule, Optional<ScannedDriver>> scanned = new HashMap<>();
    private ExportNames names;

    /** The drivers of an image that holds kernel memory; empty for one that does not, or that lists no drivers. */
    static Optional<LoadedDrivers> of(OpenKernelImage open) {
        return open.image().memory().value().flatMap(memory -> open.image().modules().value()
                .map(modules -> new LoadedDrivers(open, memory, modules)));
    }

    private LoadedDrivers(OpenKernelImage open, VirtualMemory memory, List<LoadedModule> modules) {
        this.open = open;
        this.memory = memory;
        this.modules = modules;
    }

    /** The drivers whose image holds a tag somewhere, looked into. */
    List<ScannedDriver> holding(PoolTag tag) {
        List<ScannedDriver> found = new ArrayList<>();
        for (LoadedModule module : modules) {
            if (module.size() > 0 && module.size() <= LARGEST && holds(module, tag.key())) {
                scanned.computeIfAbsent(module, this::scan).ifPresent(found::add);
            }
        }
        return found;
    }

    /** Whether four bytes stand anywhere in a driver's image, also across the ends of its pages. */
    private boolean holds(LoadedModule module, int key) {
        byte[] page = new byte[3 + PAGE];
        int carried = 0;
        for (long at = 0; at < module.size(); at += PAGE) {
            int there = memory.read(memory.canonical(module.base() + at), page, carried, PAGE);
            int window = carried == 0 ? 0 : page[0] & 0xff | (page[1] & 0xff) << 8 | (page[2] & 0xff) << 16;
            for (int i = carried; i < carried + there; i++) {
                int value = window | page[i] << 24;
                if (i >= 3 && (value & ~PROTECTED) == key) {
                    return true;
                }
                window = value >>> 8;
            }
            if (there == PAGE) {
                System.arraycopy(page, carried + PAGE - 3, page, 0, 3);
            }
            carried = there == PAGE ? 3 : 0;
        }
        return false;
    }

    private Optional<ScannedDriver> scan(LoadedModule module) {
        return image(module).map(image -> ScannedDriver.of(
                new Provenance(open.seenAt().file(), "driver " + module.name() + " at " + Address.text(module.base())), DriverFile.of(image, open.symbols())));
    }

    private Optional<PeImage> image(LoadedModule module) {
        if (names == null) {
            names = new ExportNames();
            for (LoadedModule each : modules) {
                read(each, new ExportNames()).ifPresent(names::add);
            }
        }
        return read(module, names);
    }

    private Optional<PeImage> read(LoadedModule module, ExportNames known) {
        try {
            return Optional.of(PeImage.loaded(Path.of(fileName(module)), module.base(), this::read, known));
        } catch (EvidenceException e) {
            return Optional.empty();   // paged out, or no image: there is nothing to see of it
        }
    }

    /** A module's name is text from the evidence: it may hold what no file name can. */
    private static String fileName(LoadedModule module) {
        String plain = module.name().replaceAll("[^A-Za-z0-9._ -]", "_");
        return plain.isBlank() ? "unnamed" : plain;
    }

    private int read(long address, byte[] into, int from, int length) {
        return memory.read(memory.canonical(address), into, from, length);
    }
}
