package org.poolscope.memory;

import java.util.List;
import java.util.Optional;
import org.poolscope.model.LoadedModule;

/**
 * What a small dump (type 4) holds besides its header: pieces of virtual memory, the list of drivers, and the memory manager's
 * totals. There are no page tables and no pool in it.
 *
 * @param memory the pieces of virtual memory: data blocks, the stack, the debugger data block
 * @param modules the loaded drivers, in load order
 * @param unloaded the drivers that had been unloaded
 * @param totals the memory manager's totals; empty when they were not recorded
 * @param instructionPointer the faulting processor's instruction pointer, {@code null} when not there
 * @param stackPointer its stack pointer, {@code null} when not there
 * @param brokenDriver the file name of the driver Windows held responsible; empty when it names none
 * @param prcb file offset of the copy of the processor control block, {@code null} when there is none
 * @param process file offset of the copy of the current {@code EPROCESS}, {@code null} when there is none
 * @param thread file offset of the copy of the current {@code ETHREAD}, {@code null} when there is none
 */
public record TriageDump(BlockMemory memory, List<LoadedModule> modules, List<UnloadedModule> unloaded,
        Optional<MemoryTotals> totals, Long instructionPointer, Long stackPointer, String brokenDriver, Long prcb, Long process,
        Long thread) {

    /** Copies the lists. */
    public TriageDump {
        modules = List.copyOf(modules);
        unloaded = List.copyOf(unloaded);
    }
}
