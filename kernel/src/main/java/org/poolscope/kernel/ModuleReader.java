package org.poolscope.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.poolscope.memory.PhysicalMemory;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.LoadedModule;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/** Reads the kernel's lists of loaded and unloaded drivers. */
final class ModuleReader {

    /** A system has some hundreds of drivers. */
    private static final int MODULE_LIMIT = 10_000;

    /** The kernel remembers this many unloaded drivers ({@code MI_UNLOADED_DRIVERS}). */
    private static final int UNLOADED_SLOTS = 50;

    /** A list's own time stamp near the top of its range is none: the field was used for something else. */
    private static final long LAST_STAMP = 0xffff_0000L;

    private final VirtualMemory memory;
    private final KernelVariables variables;
    private final TypeLayouts layouts;
    private final Consumer<String> warnings;

    ModuleReader(VirtualMemory memory, KernelVariables variables, TypeLayouts layouts, Consumer<String> warnings) {
        this.memory = memory;
        this.variables = variables;
        this.layouts = layouts;
        this.warnings = warnings;
    }

    Answer<List<LoadedModule>> loaded() {
        OptionalLong head = variables.told("PsLoadedModuleList");
        if (head.isEmpty() || !memory.isReadable(head.getAsLong(), 2L * memory.pointerSize())) {
            return Answer.none("the list of loaded modules is not in the image");
        }
        Optional<StructLayout> layout = layouts.find("_KLDR_DATA_TABLE_ENTRY").or(() -> layouts.find("_LDR_DATA_TABLE_ENTRY"));
        if (layout.isEmpty()) {
            return Answer.none("the layout of loader entries is not known for " + layouts);
        }
        Entry entry = new Entry(layout.get());
        LinkedEntries list = LinkedEntries.of(memory, head.getAsLong(), MODULE_LIMIT);
        List<LoadedModule> modules = new ArrayList<>();
        int unreadable = 0;
        for (long address : list.addresses()) {
            Optional<LoadedModule> module = module(address - entry.links, entry);
            unreadable += module.isEmpty() ? 1 : 0;
            module.ifPresent(modules::add);
        }
        if (!list.damage().isEmpty()) {
            warnings.accept("the list of loaded modules " + list.damage() + "; modules may be missing");
        }
        if (unreadable > 0) {
            warnings.accept("%d entries of the list of loaded modules cannot be read".formatted(unreadable));
        }
        return Answer.of(List.copyOf(modules));
    }

    private Optional<LoadedModule> module(long address, Entry entry) {
        if (!memory.isReadable(address, entry.length)) {
            return Optional.empty();
        }
        long base = memory.canonical(memory.pointer(address + entry.base));
        long size = Integer.toUnsignedLong(memory.u32(address + entry.size));
        if (base == 0 || size == 0 || (base & PhysicalMemory.PAGE_SIZE - 1) != 0) {
            return Optional.empty();
        }
        Optional<String> path = Values.unicodeString(memory, address + entry.fullName);
        String name = Values.unicodeString(memory, address + entry.baseName)
                .or(() -> path.map(p -> p.substring(p.lastIndexOf('\\') + 1))).orElse("?");
        return Optional.of(new LoadedModule(name, base, size, stamp(address, base, entry), path.orElse(null)));
    }

    /** The time stamp of the image itself; the list's copy where the image's first page is not there. */
    private Long stamp(long address, long base, Entry entry) {
        Optional<PeImage> image = PeImage.at(memory, base);
        if (image.isPresent()) {
            return image.get().timeDateStamp();
        }
        if (entry.stamp < 0 || !memory.isReadable(address + entry.stamp, Integer.BYTES)) {
            return null;
        }
        long stamp = Integer.toUnsignedLong(memory.u32(address + entry.stamp));
        return stamp == 0 || stamp >= LAST_STAMP ? null : Long.valueOf(stamp);
    }

    /** The drivers unloaded last, the latest first. */
    Answer<List<UnloadedModule>> unloaded() {
        OptionalLong table = variables.pointerIn("MmUnloadedDrivers");
        OptionalLong last = variables.wordIn("MmLastUnloadedDriver");
        Optional<StructLayout> layout = layouts.find("_UNLOADED_DRIVER");
        if (table.isEmpty() || layout.isEmpty()) {
            return variables.numberIn("MmUnloadedDrivers").orElse(-1) == 0 ? Answer.of(List.of())
                    : Answer.none("the list of unloaded drivers is not in the image");
        }
        StructLayout slot = layout.get();
        List<UnloadedModule> unloaded = new ArrayList<>();
        for (int i = 1; i <= UNLOADED_SLOTS; i++) {
            long index = Math.floorMod(last.orElse(0) - i, UNLOADED_SLOTS);
            long address = table.getAsLong() + index * slot.size();
            if (!memory.isReadable(address, slot.size())) {
                continue;
            }
            long start = Values.read(memory, address, slot.field("StartAddress"));
            long end = Values.read(memory, address, slot.field("EndAddress"));
            Optional<String> name = Values.unicodeString(memory, address + slot.offset("Name"));
            if (name.isPresent() && Long.compareUnsigned(start, end) < 0) {
                unloaded.add(new UnloadedModule(name.get(), start, end,
                        FileTime.instant(Values.read(memory, address, slot.field("CurrentTime"))).orElse(null)));
            }
        }
        return Answer.of(List.copyOf(unloaded));
    }

    /** Offsets of the loader's entry, and how much of it must be readable. */
    private static final class Entry {

        private final int links;
        private final int base;
        private final int size;
        private final int fullName;
        private final int baseName;
        private final int stamp;
        private final int length;

        Entry(StructLayout layout) {
            links = layout.offset("InLoadOrderLinks");
            base = layout.offset("DllBase");
            size = layout.offset("SizeOfImage");
            fullName = layout.offset("FullDllName");
            baseName = layout.offset("BaseDllName");
            stamp = layout.has("TimeDateStamp") ? layout.offset("TimeDateStamp") : -1;
            length = baseName + (baseName - fullName);
        }
    }
}
