package org.poolscope.pool;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.poolscope.kernel.Answer;
import org.poolscope.kernel.KernelImage;
import org.poolscope.kernel.PoolRegions;
import org.poolscope.kernel.SegmentHeaps;
import org.poolscope.kernel.objects.KernelObjects;
import org.poolscope.kernel.objects.KernelProcess;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.Architecture;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.Progress;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.UnknownLayoutException;

/** What the walk needs to know of a kernel, asked from its image. */
final class KernelPool {

    /** The first build whose type field has an in-use bit instead of being the pool's number plus one: Vista. */
    private static final int IN_USE_BIT_SINCE = 6000;

    private final KernelImage image;
    private final Path path;

    KernelPool(KernelImage image) {
        this.image = image;
        this.path = image.image().path();
    }

    /** @param wanted the key of a tag whose blocks will be looked into */
    PoolBlocks walk(OptionalInt wanted, Progress progress) throws EvidenceException {
        VirtualMemory memory = image.memory().orThrow(path);
        if (!(memory instanceof PagedMemory paged)) {
            throw new EvidenceException(path, "", "a small dump holds no pool pages", "Collect a kernel or complete memory dump");
        }
        int build = image.version().build();
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
        PoolBlocks blocks = build >= SegmentHeaps.SINCE_BUILD ? segments(paged, space, format, big, damage, warnings, progress)
                : PoolWalk.run(paged, space, format, big, damage, warnings, wanted, progress);
        image.layouts().find("_GENERAL_LOOKASIDE")
                .ifPresent(layout -> new LookasideLists(blocks, layout, image.layouts().find("_SLIST_HEADER"))
                        .park(modules, processorBlocks(paged)));
        return blocks;
    }

    private PoolBlocks segments(PagedMemory paged, PoolSpace space, HeaderFormat format, BigBlocks big, DamageList damage,
            List<String> warnings, Progress progress) throws EvidenceException {
        Answer<SegmentHeaps> heaps = image.segmentHeaps();
        if (heaps.value().isEmpty()) {
            throw new EvidenceException(path, "", "build " + image.version().build() + " keeps small blocks in segment heaps, and "
                    + heaps.reason(), "The tag table (poolused) and the table of big allocations can still be read;"
                            + " the kernel's symbol file (--symbols) may help");
        }
        long sessions = sessions(paged);
        if (sessions > 0) {
            warnings.add((sessions == 1 ? "the heap of a session is" : "the heaps of " + sessions + " sessions are")
                    + " not read: blocks of session pool, as win32k's, are missing");
        }
        SegmentLayout layout;
        try {
            layout = SegmentLayout.of(image.layouts(), heaps.value().get().keys());
        } catch (UnknownLayoutException e) {
            throw new EvidenceException(path, "", e.getMessage(), "The kernel's symbol file (--symbols) may help");
        }
        PoolBlocks blocks = new SegmentWalk(paged, space, format, layout, heaps.value().get(), big, damage, warnings).run(progress);
        new ParkedBlocks(blocks).park(heaps.value().get().lists().parked());
        return blocks;
    }

    /** How many sessions the processes are in; each has a heap of its own, which only its own processes see. */
    private long sessions(PagedMemory memory) {
        Optional<FieldLayout> field = image.layouts().find("_EPROCESS").flatMap(layout -> layout.find("Session"));
        List<KernelProcess> processes = KernelObjects.of(image).value().flatMap(objects -> objects.processes().value()).orElse(List.of());
        return field.isEmpty() ? 0 : processes.stream().mapToLong(process -> process.address() + field.get().offset())
                .filter(at -> memory.isReadable(at, Long.BYTES)).map(memory::pointer).filter(session -> session != 0).distinct().count();
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
