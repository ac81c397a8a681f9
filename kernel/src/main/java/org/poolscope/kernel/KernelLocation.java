package org.poolscope.kernel;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.poolscope.memory.CrashDumpHeader;
import org.poolscope.memory.MemoryImage;
import org.poolscope.memory.PageDirectory;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.PhysicalMemory;
import org.poolscope.memory.PteRules;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.symbols.PdbIdentity;
import org.poolscope.symbols.store.SymbolFinder;

/**
 * Where the kernel is in an image: an address space, its debugger data block, its base.
 *
 * <p>A dump's header names page directory and block; the block is believed when it holds. Otherwise each page directory found in
 * physical memory is tried, and its kernel memory searched for a block. Kernels from Windows 8 on keep the block encoded while
 * they run: then the kernel is known by its image, and what stands where by its symbols, if they are at hand.
 *
 * @param memory the kernel's address space
 * @param debuggerData the block; empty when it was not found or is encoded
 * @param kernelBase where the kernel is loaded; empty when that could not be found
 * @param symbols what is known of the kernel's symbols
 * @param named addresses of variables that the dump's header names itself
 * @param notes what was not as it should be
 */
record KernelLocation(VirtualMemory memory, Optional<DebuggerData> debuggerData, OptionalLong kernelBase,
        KernelSymbols symbols, Map<String, Long> named, List<String> notes) {

    /** Each directory of a process maps the same kernel; when this many show no kernel, more will not. */
    private static final int DIRECTORY_LIMIT = 8;

    /** The search gives up after this many bytes of kernel memory, over all directories: that is a minute's work. */
    private static final long SEARCH_LIMIT = 64L << 30;

    private static final String ENCODED =
            "the kernel's debugger data block is encoded or missing; the kernel was found by its image instead";

    private static final String NO_SYMBOLS = "its tables cannot be found without its symbols, %s: give a folder or a server that has"
            + " them with --symbols or in _NT_SYMBOL_PATH";

    private static final String MISSING =
            "the kernel's debugger data block is not in the dump: only what the header itself names can be found";

    /** Finds the kernel; empty when the image holds no address space, or none with a kernel in it. */
    static Optional<KernelLocation> of(MemoryImage image, SymbolFinder finder) {
        if (image.triage().isPresent()) {
            VirtualMemory memory = image.triage().get().memory();
            Search search = new Search(image, finder);
            return Optional.of(search.known(memory, search.namedBlock(memory), List.of()));
        }
        return image.physical().isPresent() ? new Search(image, finder).run(image.physical().get()) : Optional.empty();
    }

    /** One search through one image. */
    private static final class Search {

        private final MemoryImage image;
        private final SymbolFinder finder;
        private final long block;
        private final Map<String, Long> named = new HashMap<>();

        Search(MemoryImage image, SymbolFinder finder) {
            this.image = image;
            this.finder = finder;
            this.block = image.header().map(CrashDumpHeader::debuggerData).orElse(0L);
            image.header().map(CrashDumpHeader::loadedModules).ifPresent(list -> named.put("PsLoadedModuleList", list));
            image.header().map(CrashDumpHeader::activeProcesses).ifPresent(list -> named.put("PsActiveProcessHead", list));
        }

        Optional<KernelLocation> run(PhysicalMemory physical) {
            PagedMemory first = null;
            long budget = SEARCH_LIMIT;
            Iterator<PageDirectory> directories = image.pageDirectories().iterator();
            for (int tried = 0; tried < DIRECTORY_LIMIT && directories.hasNext(); tried++) {
                PagedMemory memory = PagedMemory.of(physical, directories.next(), PteRules.UNKNOWN);
                Optional<DebuggerData> data = namedBlock(memory);
                if (data.isPresent()) {
                    return Optional.of(known(memory, data, List.of()));
                }
                DebuggerDataFinder finder = new DebuggerDataFinder(memory, budget);
                data = finder.search(memory);
                if (data.isPresent()) {
                    List<String> notes = block == 0 ? List.of() : List.of(("the header names 0x%x as the debugger data block,"
                            + " where there is none; it was found by searching").formatted(block));
                    return Optional.of(known(memory, data, notes));
                }
                if (finder.kernelImage().isPresent()) {
                    return Optional.of(withoutBlock(memory, finder.kernelImage()));
                }
                budget -= finder.searched();
                first = first == null ? memory : first;
            }
            return Optional.ofNullable(first).filter(memory -> image.header().isPresent())
                    .map(memory -> known(memory, Optional.empty(), List.of(MISSING)));
        }

        private Optional<DebuggerData> namedBlock(VirtualMemory memory) {
            return block == 0 ? Optional.empty() : DebuggerDataFinder.at(memory, memory.canonical(block));
        }

        private KernelLocation known(VirtualMemory memory, Optional<DebuggerData> data, List<String> notes) {
            OptionalLong base = data.isPresent() ? data.get().kernelBase() : OptionalLong.empty();
            KernelSymbols symbols = KernelSymbols.of(identity(memory, base), KernelFingerprint.of(data), finder);
            return new KernelLocation(memory, data, base, symbols, named, notes);
        }

        /** A kernel known by its image: its symbols tell where its block is and how it is encoded. */
        private KernelLocation withoutBlock(VirtualMemory memory, OptionalLong base) {
            Optional<PdbIdentity> identity = identity(memory, base);
            KernelSymbols symbols = KernelSymbols.of(identity, KernelFingerprint.NONE, finder);
            Optional<DebuggerData> decoded = EncodedDebuggerData.decode(memory, symbols, base.getAsLong());
            if (decoded.isPresent()) {
                return new KernelLocation(memory, decoded, base, symbols, named, List.of());
            }
            List<String> notes = symbols.isEmpty()
                    ? List.of(ENCODED, NO_SYMBOLS.formatted(identity.map(PdbIdentity::toString).orElse("which it does not name")))
                    : List.of(ENCODED);
            return new KernelLocation(memory, Optional.empty(), base, symbols, named, notes);
        }

        private static Optional<PdbIdentity> identity(VirtualMemory memory, OptionalLong base) {
            return base.isEmpty() ? Optional.empty() : PeImage.at(memory, base.getAsLong()).flatMap(PeImage::symbols);
        }
    }
}
