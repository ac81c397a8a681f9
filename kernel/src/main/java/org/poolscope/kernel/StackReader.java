package org.poolscope.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.poolscope.memory.TriageDump;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.model.LoadedModule;
import org.poolscope.symbols.CodeSymbol;

/**
 * Names the places in code that the stack of a stopped processor holds, from its stack pointer up. How large each function's
 * frame is stands in the programs' own files, which no dump of this kind holds; so every word that can be a return address
 * counts, and a few of them are left from earlier calls.
 */
final class StackReader {

    /** Kernel stacks have at most 0x12000 bytes. */
    private static final int STACK_LIMIT = 0x1_2000;

    private static final int HEADERS = 0x1000;

    /** The longest functions of the kernel have some 20 KB; a symbol farther back is of something else. */
    private static final long FUNCTION_LIMIT = 0x1_0000;

    private final VirtualMemory memory;
    private final List<LoadedModule> modules;
    private final KernelSymbols symbols;
    private final long kernelBase;

    /**
     * Where the debugger data block stands: it is among the first of the kernel's variables, so what lies from there on is data
     * or code that runs at boot only.
     */
    private final long firstVariable;

    /**
     * Prepares.
     *
     * @param fingerprint where the kernel keeps its variables
     */
    StackReader(VirtualMemory memory, List<LoadedModule> modules, KernelSymbols symbols, long kernelBase,
            KernelFingerprint fingerprint) {
        this.memory = memory;
        this.modules = modules;
        this.symbols = symbols;
        this.kernelBase = kernelBase;
        this.firstVariable = fingerprint.offsets().getOrDefault(KernelFingerprint.BLOCK, Long.MAX_VALUE);
    }

    /** The places, the last called first. */
    List<StackPlace> read(TriageDump dump) {
        List<StackPlace> places = new ArrayList<>();
        if (dump.instructionPointer() != null) {
            places.add(place(null, dump.instructionPointer()));
        }
        if (dump.stackPointer() == null) {
            return places;
        }
        int size = memory.pointerSize();
        long start = dump.stackPointer() + size - 1 & -size;
        for (long at = start; at - start < STACK_LIMIT && memory.isReadable(at, size); at += size) {
            // 64-bit code keeps the stack aligned to 16 when it calls: the return address is the odd one of two words
            if (size == Long.BYTES && (at & 0xf) != Long.BYTES) {
                continue;
            }
            long word = memory.pointer(at);
            if (word != 0) {
                StackPlace place = place(at, memory.canonical(word));
                if (isReturnAddress(place)) {
                    places.add(place);
                }
            }
        }
        return places;
    }

    private boolean isReturnAddress(StackPlace place) {
        if (place.module() == null || place.offset() < HEADERS) {
            return false;
        }
        if (place.address() - place.offset() != kernelBase) {
            return true;
        }
        boolean named = symbols.table().isEmpty()
                || place.symbol() != null && place.symbol().displacement() > 0 && !place.symbol().name().startsWith("??_C@");
        return named && place.offset() < firstVariable;
    }

    private StackPlace place(Long stackAddress, long address) {
        for (LoadedModule module : modules) {
            if (module.contains(address)) {
                long offset = address - module.base();
                Optional<CodeSymbol> symbol = module.base() == kernelBase ? symbols.nearest(offset) : Optional.empty();
                return new StackPlace(stackAddress, address, module.name(), offset,
                        symbol.filter(near -> near.displacement() < FUNCTION_LIMIT).orElse(null));
            }
        }
        return new StackPlace(stackAddress, address, null, null, null);
    }
}
