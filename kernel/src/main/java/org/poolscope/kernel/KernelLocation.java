package org.poolscope.kernel;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.poolscope.memory.CrashDumpHeader;
import org.poolscope.memory.MemoryImage;
import org.poolscope.memory.PageDirectory;
import org.poolscope.memory.PagedMemory;
import org.poolscope.memory.PhysicalMemory;
import org.poolscope.memory.PteRules;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.symbols.BuiltInGlobals;

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
 * @param symbols the places of global variables; empty when this kernel's symbols are not at hand
 * @param notes what was not as it should be
 */
record KernelLocation(VirtualMemory memory, Optional<DebuggerData> debuggerData, OptionalLong kernelBase,
        Optional<BuiltInGlobals> symbols, List<String> notes) {

    /** Each directory of a process maps the same kernel; when this many show no kernel, more will not. */
    private static final int DIRECTORY_LIMIT = 8;

    private static final String ENCODED =
            "the kernel's debugger data block is encoded or missing; it was found by its image instead";

    /** Finds the kernel; empty when the image holds no address space, or none with a kernel in it. */
    static Optional<KernelLocation> of(MemoryImage image) {
        long named = image.header().map(CrashDumpHeader::debuggerData).orElse(0L);
        if (image.triage().isPresent()) {
            VirtualMemory memory = image.triage().get().memory();
            return Optional.of(known(memory, DebuggerDataFinder.at(memory, memory.canonical(named)), List.of()));
        }
        if (image.physical().isEmpty()) {
            return Optional.empty();
        }
        PhysicalMemory physical = image.physical().get();
        Optional<KernelLocation> withoutBlock = Optional.empty();
        Iterator<PageDirectory> directories = image.pageDirectories().iterator();
        for (int tried = 0; tried < DIRECTORY_LIMIT && directories.hasNext(); tried++) {
            PagedMemory memory = PagedMemory.of(physical, directories.next(), PteRules.UNKNOWN);
            if (named != 0) {
                Optional<DebuggerData> data = DebuggerDataFinder.at(memory, memory.canonical(named));
                if (data.isPresent()) {
                    return Optional.of(known(memory, data, List.of()));
                }
            }
            DebuggerDataFinder finder = new DebuggerDataFinder(memory);
            Optional<DebuggerData> data = finder.search(memory);
            if (data.isPresent()) {
                List<String> notes = named == 0 ? List.of() : List.of(("the header names 0x%x as the debugger data block, where"
                        + " there is none; it was found by searching").formatted(named));
                return Optional.of(known(memory, data, notes));
            }
            if (withoutBlock.isEmpty()) {
                withoutBlock = byImage(memory, finder.images());
            }
            if (withoutBlock.isPresent()) {
                return withoutBlock;
            }
        }
        return withoutBlock;
    }

    private static KernelLocation known(VirtualMemory memory, Optional<DebuggerData> data, List<String> notes) {
        OptionalLong base = data.isPresent() ? data.get().kernelBase() : OptionalLong.empty();
        return new KernelLocation(memory, data, base, symbols(memory, base), notes);
    }

    private static Optional<BuiltInGlobals> symbols(VirtualMemory memory, OptionalLong base) {
        return base.isEmpty() ? Optional.empty() : PeImage.at(memory, base.getAsLong()).flatMap(PeImage::symbols)
                .flatMap(symbols -> BuiltInGlobals.find(symbols.identity()));
    }

    /** The kernel among executable images: the one whose symbol file has a kernel's name. */
    private static Optional<KernelLocation> byImage(PagedMemory memory, List<Long> images) {
        for (long base : images) {
            Optional<PeImage.Symbols> symbols = PeImage.at(memory, base).flatMap(PeImage::symbols);
            if (symbols.isPresent() && symbols.get().name().matches("(?i)nt(krnl|oskrnl|krpa|krnlmp|krpamp)\\w*\\.pdb")) {
                Optional<BuiltInGlobals> globals = BuiltInGlobals.find(symbols.get().identity());
                List<String> notes = new ArrayList<>(List.of(ENCODED));
                if (globals.isEmpty()) {
                    notes.add("the symbols of this kernel (%s %s) are not at hand: its lists and tables cannot be found"
                            .formatted(symbols.get().name(), symbols.get().identity()));
                }
                return Optional.of(new KernelLocation(memory, Optional.empty(), OptionalLong.of(base), globals, notes));
            }
        }
        return Optional.empty();
    }
}
