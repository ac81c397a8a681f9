package org.poolscope.kernel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.poolscope.memory.CrashDumpHeader;
import org.poolscope.memory.ImageFormat;
import org.poolscope.memory.MemoryImage;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.PhysicalMemory;
import org.poolscope.memory.PteRules;
import org.poolscope.memory.TriageDump;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.Address;
import org.poolscope.model.Architecture;
import org.poolscope.model.EvidenceException;
import org.poolscope.model.LoadedModule;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolSnapshot;
import org.poolscope.model.Provenance;
import org.poolscope.model.Quantity;
import org.poolscope.symbols.BuiltInLayouts;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.KernelVersion;
import org.poolscope.symbols.TypeLayouts;
import org.poolscope.symbols.UnknownLayoutException;
import org.poolscope.symbols.store.SymbolFinder;

/**
 * A memory image of a Windows kernel, open, with its kernel found. Opening reads a few pages; each question reads what it needs
 * when it is first asked, and remembers the answer. Safe for use from any thread until it is closed.
 */
public final class KernelImage implements AutoCloseable {

    private static final String NOT_RECORDED = "the small dump does not record the memory manager's counters: Windows fills them in"
            + " only when it writes the small dump at the crash itself";
    /**
     * What the kernel's own table of pool use by tag is called, as the {@linkplain PoolSnapshot#source() source} of its figures.
     */
    public static final String TAG_TABLE = "pool tracker table";

    private static final String NO_MEMORY = "this kind of image holds no kernel memory that can be read";

    private final MemoryImage image;
    private final Provenance seenAt;
    private final Architecture architecture;
    private final KernelLocation location;
    private final KernelIdentity identity;
    private final KernelVariables variables;
    private final KernelSymbols symbols;
    private final TypeLayouts layouts;
    private final VirtualMemory memory;
    private final InfoReader describer;
    private final long missingPages;
    private final Set<String> warnings = new LinkedHashSet<>();

    private final Supplier<Answer<List<LoadedModule>>> modules = remembered(this::readModules);
    private final Supplier<Answer<List<UnloadedModule>>> unloadedModules = remembered(this::readUnloadedModules);
    private final Supplier<Answer<MemoryCounters>> counters = remembered(this::readCounters);
    private final Supplier<Answer<PoolSnapshot>> tagTable = remembered(this::readTagTable);
    private final Supplier<Answer<BigPageTable>> bigPages = remembered(this::readBigPages);
    private final Supplier<Answer<SegmentHeaps>> segmentHeaps = remembered(this::readSegmentHeaps);
    private final Supplier<PoolRegions> regions = remembered(this::readRegions);

    private KernelImage(MemoryImage image, String name, Architecture architecture, Optional<KernelLocation> found) {
        this.image = image;
        this.seenAt = new Provenance(name, "");
        this.architecture = architecture;
        this.location = found.orElse(null);
        warnings.addAll(image.warnings());
        found.ifPresent(location -> warnings.addAll(location.notes()));
        OptionalInt headerBuild = image.header().map(CrashDumpHeader::build).stream().mapToInt(Integer::intValue).findFirst();
        if (location == null) {
            this.memory = null;
            this.variables = null;
            this.identity = new KernelIdentity(KernelVersion.build(headerBuild.orElse(0)), null, null, false);
            this.symbols = null;
            this.layouts = BuiltInLayouts.forBuild(architecture, identity.version());
        } else {
            this.symbols = location.symbols();
            this.variables = new KernelVariables(location.memory(), location.debuggerData(), symbols,
                    location.kernelBase().orElse(0), location.named());
            this.identity = KernelIdentity.of(location.memory(), architecture, variables, location.debuggerData(), headerBuild,
                    symbols.version());
            BuiltInLayouts builtIn = BuiltInLayouts.forBuild(architecture, identity.version());
            this.layouts = symbols.table().<TypeLayouts>map(table -> new KernelLayouts(table, builtIn)).orElse(builtIn);
            warnings.addAll(symbols.notes());
            this.memory = withRules(location.memory());
            layouts.caveat().ifPresent(warnings::add);
        }
        this.describer = new InfoReader(image, architecture, memory, variables);
        this.missingPages = describer.missingPages();
        if (missingPages > 0 && image.format() == ImageFormat.RAW) {
            warnings.add("the file is cut short: %s of the machine's memory are missing, by the kernel's own list of it"
                    .formatted(Quantity.count(missingPages, "page", "pages")));
        }
        if (identity.assumed()) {
            warnings.add("the image does not tell the kernel's build; build %d is assumed".formatted(identity.version().build()));
        }
    }

    /**
     * Opens an image of any format and finds the kernel in it.
     *
     * @throws EvidenceException when the file cannot be read, is no memory image, or no kernel is found in it
     */
    public static KernelImage open(Path path) throws EvidenceException {
        return open(path, path.toString(), SymbolFinder.NOWHERE);
    }

    /**
     * The same, with symbol files where they are found: all structures and variables are then those of this very kernel.
     *
     * @param symbols where to look for them
     */
    public static KernelImage open(Path path, SymbolFinder symbols) throws EvidenceException {
        return open(path, path.toString(), symbols);
    }

    /** The same, under the name that findings shall give the file. */
    static KernelImage open(Path path, String name, SymbolFinder symbols) throws EvidenceException {
        MemoryImage image = MemoryImage.open(path);
        try {
            Optional<KernelLocation> location = KernelLocation.of(image, symbols);
            Optional<Architecture> architecture = location.flatMap(KernelImage::architectureOf).or(image::architecture);
            if (architecture.isEmpty() || location.isEmpty() && image.header().isEmpty()) {
                throw noKernel(path, image);
            }
            return new KernelImage(image, name, architecture.get(), location);
        } catch (RuntimeException | EvidenceException e) {
            image.close();
            throw e;
        }
    }

    /** Of a format with books of its own it is said how far they could be read: they may be whole where what they lead to is not. */
    private static EvidenceException noKernel(Path path, MemoryImage image) {
        String problem = "no Windows kernel is found in it";
        if (image.format() == ImageFormat.RAW) {
            return new EvidenceException(path, "", problem, "If this is a memory image, it may be incomplete, compressed, or of a format not known:"
                    + " convert it to a raw image or a crash dump. A page file (pagefile.sys, swapfile.sys) is none:"
                    + " it does not say whose its pages are");
        }
        List<String> wrong = new ArrayList<>(image.warnings());
        image.damage().ifPresent(wrong::add);
        long pages = image.physical().map(PhysicalMemory::presentPages).orElse(0L);
        String books = "Its header and list of memory " + (wrong.isEmpty() ? "are readable" : "were read as far as they go") + " and name "
                + Quantity.count(pages, "page", "pages");
        return new EvidenceException(path, "", problem + ". " + books + (wrong.isEmpty() ? ", but no kernel's page tables are in them"
                : "; wrong with it: " + String.join("; ", wrong)), image.format() == ImageFormat.HIBERNATION
                ? "Copy it again and compare sizes: it must be taken while the machine is off, from another system; or hibernate the machine again; "
                        + "or collect a kernel memory dump"
                : "Copy it again from where it was made and compare sizes, or collect a kernel memory dump");
    }

    private static Optional<Architecture> architectureOf(KernelLocation location) {
        return location.memory() instanceof PagedMemory paged
                ? Optional.of(paged.directory().mode().architecture()) : Optional.empty();
    }

    /** Says again what entries of page tables mean, now that the build is known. */
    private VirtualMemory withRules(VirtualMemory found) {
        if (!(found instanceof PagedMemory paged)) {
            return found;
        }
        OptionalLong mask = OptionalLong.empty();
        OptionalLong state = variables.symbol("MiState");
        Optional<FieldLayout> field = layouts.find("_MI_SYSTEM_INFORMATION")
                .flatMap(layout -> layout.find("Hardware.InvalidPteMask"));
        if (state.isPresent() && field.isPresent()) {
            mask = variables.numberAt(OptionalLong.of(state.getAsLong() + field.get().offset()));
        }
        Long prototypeBase = boxed(variables.pointerIn("MmPagedPoolStart"));
        return paged.with(new PteRules(identity.version().build(), prototypeBase, boxed(mask)));
    }

    private static Long boxed(OptionalLong value) {
        return value.isPresent() ? Long.valueOf(value.getAsLong()) : null;
    }

    private static <T> Supplier<T> remembered(Supplier<T> question) {
        return new Supplier<>() {
            private T answer;

            @Override
            public synchronized T get() {
                if (answer == null) {
                    answer = question.get();
                }
                return answer;
            }
        };
    }

    /** The image the kernel was found in. */
    public MemoryImage image() {
        return image;
    }

    /**
     * Pages that the image should hold and does not, because it is cut short or damaged; any of them may hold what is asked for. 0 also when
     * nothing tells.
     */
    public long missingPages() {
        return missingPages;
    }

    /** The kernel's processor architecture. */
    public Architecture architecture() {
        return architecture;
    }

    /** The kernel's address space; of a small dump, the pieces it holds. */
    public Answer<VirtualMemory> memory() {
        return memory == null ? Answer.none(NO_MEMORY) : Answer.of(memory);
    }

    /** The kernel's version, as far as layouts depend on it. */
    public KernelVersion version() {
        return identity.version();
    }

    /** The layouts of the kernel's structures. */
    public TypeLayouts layouts() {
        return layouts;
    }

    /** What is known of the kernel's symbols. */
    public Answer<KernelSymbols> symbols() {
        return symbols == null ? Answer.none(NO_MEMORY) : Answer.of(symbols);
    }

    /** The kernel's debugger data block. */
    public Answer<DebuggerData> debuggerData() {
        return location == null ? Answer.none(NO_MEMORY) : location.debuggerData().map(Answer::of)
                .orElseGet(() -> Answer.none("the kernel's debugger data block is encoded or not in the image"));
    }

    /** Where the kernel's global variables stand. */
    public Answer<KernelVariables> variables() {
        return variables == null ? Answer.none(NO_MEMORY) : Answer.of(variables);
    }

    /** What could not be read or is not sure, and what that means for the answers given so far. */
    public List<String> warnings() {
        synchronized (warnings) {
            List<String> all = new ArrayList<>(warnings);
            image.damage().ifPresent(all::add);
            return List.copyOf(all);
        }
    }

    private void warn(String warning) {
        synchronized (warnings) {
            warnings.add(warning);
        }
    }

    /** What the image is, and of what machine. */
    public ImageInfo info() {
        return describer.info(seenAt, identity, location == null ? null : boxed(location.kernelBase()));
    }

    /** The clock that threads' waits are measured by; empty when the image does not hold it, or it contradicts the time. */
    public Optional<TickClock> tickClock() {
        return memory == null ? Optional.empty() : new SharedData(memory, architecture).tickClock();
    }

    /** The loaded drivers, in load order. */
    public Answer<List<LoadedModule>> modules() {
        return modules.get();
    }

    private Answer<List<LoadedModule>> readModules() {
        Optional<TriageDump> triage = image.triage();
        if (triage.isPresent()) {
            return triage.get().modules().isEmpty() ? Answer.none("the small dump lists no modules")
                    : Answer.of(triage.get().modules());
        }
        return variables().then(known -> new ModuleReader(memory, known, layouts, this::warn).loaded());
    }

    /**
     * The places in code that the stack of the stopped processor holds, the last called first. A few may be left from earlier
     * calls: without the programs' files nobody knows how large each function's frame is.
     */
    public Answer<List<StackPlace>> stack() {
        if (image.triage().isEmpty()) {
            return Answer.none("the stack is read from small dumps only");
        }
        List<StackPlace> places = new StackReader(memory, modules().value().orElse(List.of()), symbols,
                location.kernelBase().orElse(0), KernelFingerprint.of(location.debuggerData())).read(image.triage().get());
        return places.isEmpty() ? Answer.none("the small dump does not hold the processor's registers") : Answer.of(places);
    }

    /** The name of the section of a module that holds an address; empty when the module's headers are not in the image. */
    public Optional<String> section(LoadedModule module, long address) {
        return memory == null ? Optional.empty() : PeImage.at(memory, module.base()).flatMap(image -> image.section(address - module.base()));
    }

    /** The drivers unloaded last, the latest first; the kernel remembers fifty. */
    public Answer<List<UnloadedModule>> unloadedModules() {
        return unloadedModules.get();
    }

    private Answer<List<UnloadedModule>> readUnloadedModules() {
        Optional<TriageDump> triage = image.triage();
        if (triage.isPresent()) {
            return Answer.of(triage.get().unloaded().stream()
                    .map(module -> new UnloadedModule(module.name(), module.start(), module.end(), null)).toList());
        }
        return variables().then(known -> new ModuleReader(memory, known, layouts, this::warn).unloaded());
    }

    /** The memory manager's totals. */
    public Answer<MemoryCounters> counters() {
        return counters.get();
    }

    private Answer<MemoryCounters> readCounters() {
        CounterReader reader = new CounterReader(seenAt, describer.localTime(), describer.physicalPages());
        Optional<TriageDump> triage = image.triage();
        if (triage.isPresent()) {
            return triage.get().totals().map(totals -> Answer.of(reader.of(totals))).orElse(Answer.none(NOT_RECORDED));
        }
        return variables().then(known -> reader.of(memory, known, layouts));
    }

    /**
     * Pool use by tag, summed over all tables the kernel keeps. Tags that were never used are part of it: the kernel reserves
     * some at boot.
     */
    public Answer<PoolSnapshot> tagTable() {
        return tagTable.get();
    }

    private Answer<PoolSnapshot> readTagTable() {
        if (image.triage().isPresent()) {
            return Answer.none("a small dump does not contain the pool tracker table: a kernel or complete dump is needed");
        }
        return variables().then(known -> TrackerTables.read(memory, known, layouts, identity.version(), this::warn))
                .then(totals -> Answer.of(snapshot(totals)));
    }

    /**
     * Use of session pool by tag, of the session the image's address space shows; session pool is counted as paged. The table that
     * {@link #tagTable} reads does not have it.
     */
    public Answer<PoolSnapshot> sessionTagTable() {
        return variables().then(known -> TrackerTables.readSession(memory, known, layouts, this::warn))
                .then(totals -> Answer.of(snapshot(totals)));
    }

    private PoolSnapshot snapshot(TrackerTables.Totals totals) {
        Provenance table = new Provenance(seenAt.file(), "address " + Address.text(totals.table()));
        return new PoolSnapshot(table, TAG_TABLE, describer.localTime(), totals.complete(), totals.rows());
    }

    /** Pool allocations of a page and more. */
    public Answer<BigPageTable> bigPages() {
        return bigPages.get();
    }

    private Answer<BigPageTable> readBigPages() {
        if (image.triage().isPresent()) {
            return Answer.none("a small dump does not contain the big page table: a kernel or complete dump is needed");
        }
        return variables().then(known -> BigPageReader.read(memory, known, layouts, poolRegions(), this::warn));
    }

    /** The heaps that pools are made of, on 64-bit kernels from Windows 10 1903 on. */
    public Answer<SegmentHeaps> segmentHeaps() {
        return segmentHeaps.get();
    }

    private Answer<SegmentHeaps> readSegmentHeaps() {
        if (!(memory instanceof PagedMemory paged) || architecture != Architecture.X64) {
            return Answer.none("the heaps of pools are read from images of 64-bit kernels only");
        }
        if (version().build() < SegmentHeaps.SINCE_BUILD) {
            return Answer.none("build " + version().build() + " has no segment heaps");
        }
        LoadedModule kernel = modules().value().flatMap(list -> list.stream().findFirst()).orElse(null);
        try {
            return variables().then(known -> SegmentHeapReader.read(paged, known, layouts, poolRegions(), kernel));
        } catch (UnknownLayoutException e) {
            return Answer.none(e.getMessage());
        }
    }

    /** Which addresses are pool. */
    public PoolRegions poolRegions() {
        return regions.get();
    }

    private PoolRegions readRegions() {
        return variables == null ? PoolRegions.NONE : PoolRegions.of(memory, variables, layouts, identity.version().build());
    }

    /**
     * The kernel's own counts of its pools: those of nonpaged pool first, then those of paged pool; empty when it does not tell.
     */
    public List<PoolDescriptor> poolDescriptors() {
        List<PoolDescriptor> found = new ArrayList<>();
        if (variables != null && memory instanceof PagedMemory) {
            found.addAll(PoolDescriptor.nonPaged(memory, variables, layouts));
            found.addAll(PoolDescriptor.paged(memory, variables, layouts));
        }
        return List.copyOf(found);
    }

    /** Which pages of paged pool are allocated. */
    public Answer<PagedPoolMap> pagedPoolMap() {
        return memory instanceof PagedMemory paged ? variables().then(known -> PagedPoolMap.read(paged, known, layouts))
                : Answer.none(NO_MEMORY);
    }

    /** The addresses that nonpaged pool may take. */
    public Answer<List<PoolRegions.Region>> nonPagedSpans() {
        return memory instanceof PagedMemory paged ? variables().then(known -> NonPagedSpans.read(paged, known))
                : Answer.none(NO_MEMORY);
    }

    /** Releases the file. Nothing handed out may be used any more. */
    @Override
    public void close() {
        image.close();
    }
}
