package org.poolscope.pool;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.poolscope.kernel.BigPageTable;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.PoolRegions;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.Architecture;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.Progress;
import org.poolscope.symbols.StructLayout;

/** What the walk needs to know of a kernel, asked from its image. */
final class KernelPool {

    /** The first build whose type field has an in-use bit instead of being the pool's number plus one: Vista. */
    private static final int IN_USE_BIT_SINCE = 6000;

    /** The first build that keeps small blocks in segment heaps, whose headers do not chain: Windows 10 1903. */
    private static final int SEGMENT_HEAP_SINCE = 18362;

    private final KernelImage image;
    private final Path path;

    KernelPool(KernelImage image) {
        this.image = image;
        this.path = image.image().path();
    }

    PoolBlocks walk(Progress progress) throws EvidenceException {
        VirtualMemory memory = image.memory().orThrow(path);
        if (!(memory instanceof PagedMemory paged)) {
            throw new EvidenceException(path, "", "a small dump holds no pool pages", "Collect a kernel or complete memory dump");
        }
        int build = image.version().build();
        if (build >= SEGMENT_HEAP_SINCE) {
            throw new EvidenceException(path, "", "build " + build + " keeps small blocks in segment heaps, which cannot be walked yet",
                    "The tag table (poolused) and the table of big allocations can still be read");
        }
        StructLayout header = image.layouts().find("_POOL_HEADER").orElseThrow(() -> new EvidenceException(path, "",
                "the layout of pool headers is not known for " + image.layouts(), ""));
        HeaderFormat format = HeaderFormat.of(header, build >= IN_USE_BIT_SINCE ? TypeField.IN_USE_BIT : TypeField.PLUS_ONE);
        List<String> warnings = new ArrayList<>();
        List<LoadedModule> modules = image.modules().value().orElse(List.of());
        PoolSpace space = space(modules, warnings);
        DamageList damage = new DamageList();
        BigBlocks big = image.bigPages().value().map(table -> BigBlocks.of(table, space, damage)).orElseGet(BigBlocks::none);
        if (!image.bigPages().reason().isEmpty()) {
            warnings.add(image.bigPages().reason() + ": allocations of a page and more are missing");
        }
        PoolBlocks blocks = PoolWalk.run(paged, space, format, big, damage, warnings, progress);
        image.layouts().find("_GENERAL_LOOKASIDE")
                .ifPresent(layout -> new LookasideLists(blocks, layout).park(modules, processorBlocks(paged)));
        return blocks;
    }

    private PoolSpace space(List<LoadedModule> modules, List<String> warnings) {
        List<PoolSpace.NamedRegion> regions = new ArrayList<>();
        for (PoolRegions.Region region : image.poolRegions().all()) {
            regions.add(new PoolSpace.NamedRegion(region.pool(), region.first(), region.last()));
        }
        PoolSpace space = PoolSpace.of(regions, modules, image.architecture() == Architecture.X64);
        if (regions.isEmpty()) {
            warnings.add("the kernel does not say where its pools are; pages were taken for pool by what they hold");
        }
        return space;
    }

    /** Where the blocks of the processors ({@code KPRCB}) stand; empty when the kernel does not say. */
    private List<Long> processorBlocks(VirtualMemory memory) {
        List<Long> found = new ArrayList<>();
        Optional<Long> array = image.variables().value().flatMap(known -> known.told("KiProcessorBlock").stream().boxed().findFirst());
        int limit = image.architecture() == Architecture.X86 ? 32 : 2048;
        for (int i = 0; array.isPresent() && i < limit; i++) {
            long entry = array.get() + (long) i * memory.pointerSize();
            if (!memory.isReadable(entry, memory.pointerSize()) || memory.pointer(entry) == 0) {
                break;
            }
            found.add(memory.canonical(memory.pointer(entry)));
        }
        return found;
    }
}
