package org.poolscope.kernel;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.poolscope.memory.VirtualMemory;
import org.poolscope.symbols.KernelGlobals;

/**
 * Where the kernel's global variables stand: by the debugger data block, and by the kernel's symbols where they are known.
 * Variables have the names the block gives them.
 */
public final class KernelVariables {

    private final VirtualMemory memory;
    private final Optional<DebuggerData> debuggerData;
    private final KernelGlobals globals;
    private final long kernelBase;
    private final Map<String, Long> named;

    KernelVariables(VirtualMemory memory, Optional<DebuggerData> debuggerData, KernelGlobals globals,
            long kernelBase, Map<String, Long> named) {
        this.memory = memory;
        this.debuggerData = debuggerData;
        this.globals = globals;
        this.kernelBase = kernelBase;
        this.named = Map.copyOf(named);
    }

    /** The address of a variable the debugger data block names; from the symbols or the dump's header when it is silent. */
    public OptionalLong told(String name) {
        OptionalLong told = debuggerData.isPresent() ? debuggerData.get().address(name) : OptionalLong.empty();
        if (told.isEmpty()) {
            told = symbol(name);
        }
        Long inHeader = named.get(name);
        return told.isEmpty() && inHeader != null ? OptionalLong.of(memory.canonical(inHeader)) : told;
    }

    /** The address of a variable by the kernel's symbols. */
    public OptionalLong symbol(String name) {
        OptionalLong offset = globals.offset(name);
        return offset.isPresent() ? OptionalLong.of(kernelBase + offset.getAsLong()) : offset;
    }

    /** The pointer in a variable the block names; empty when the variable is not known, cannot be read or is null. */
    public OptionalLong pointerIn(String name) {
        return pointerAt(told(name));
    }

    /** The pointer at an address. */
    OptionalLong pointerAt(OptionalLong variable) {
        if (variable.isEmpty() || !memory.isReadable(variable.getAsLong(), memory.pointerSize())) {
            return OptionalLong.empty();
        }
        long pointer = memory.pointer(variable.getAsLong());
        return pointer == 0 ? OptionalLong.empty() : OptionalLong.of(memory.canonical(pointer));
    }

    /** The pointer-sized number in a variable the block names; 0 is a number. */
    public OptionalLong numberIn(String name) {
        return numberAt(told(name));
    }

    /** The pointer-sized number at an address. */
    OptionalLong numberAt(OptionalLong variable) {
        return variable.isEmpty() || !memory.isReadable(variable.getAsLong(), memory.pointerSize()) ? OptionalLong.empty()
                : OptionalLong.of(memory.pointer(variable.getAsLong()));
    }

    /** The 32-bit number in a variable the block names. */
    public OptionalLong wordIn(String name) {
        OptionalLong variable = told(name);
        return variable.isEmpty() || !memory.isReadable(variable.getAsLong(), Integer.BYTES) ? OptionalLong.empty()
                : OptionalLong.of(Integer.toUnsignedLong(memory.u32(variable.getAsLong())));
    }
}
