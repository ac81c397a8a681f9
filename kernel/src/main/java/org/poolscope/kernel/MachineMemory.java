package org.poolscope.kernel;

import java.util.OptionalLong;
import org.poolscope.memory.PhysicalMemory;

/**
 * The machine's physical memory as the kernel knows it: {@code MmPhysicalMemoryBlock} leads to a {@code PHYSICAL_MEMORY_DESCRIPTOR}, the same
 * that crash dumps have in their headers. Raw memory has no header, so that only the kernel can tell whether the file ends too early.
 */
final class MachineMemory {

    /** Machines have a handful of runs; a header of a dump has room for 86. */
    private static final int MOST_RUNS = 1024;

    /** Physical addresses have 52 bits. */
    private static final long MOST_PAGES = 1L << 40;

    private final KernelVariables variables;
    private final int word;

    MachineMemory(KernelVariables variables, int pointerSize) {
        this.variables = variables;
        this.word = pointerSize;
    }

    /**
     * How many pages of the machine's memory an image lacks that should hold all of it; 0 also when the kernel does not tell.
     *
     * @param pages what the kernel counts, for when its list of runs cannot be read; {@code null} when not known
     */
    long lackingIn(PhysicalMemory image, Long pages) {
        OptionalLong block = variables.pointerIn("MmPhysicalMemoryBlock");
        OptionalLong runs = block.isEmpty() ? block : variables.numberAt(block);
        OptionalLong total = block.isEmpty() ? block : variables.numberAt(OptionalLong.of(block.getAsLong() + word));
        if (runs.isPresent() && total.isPresent()) {
            long count = runs.getAsLong() & 0xffff_ffffL;
            long sum = 0;
            long lacking = 0;
            for (long run = 0; run < Math.min(count, MOST_RUNS); run++) {
                long at = block.getAsLong() + 2 * word * (run + 1);
                long first = variables.numberAt(OptionalLong.of(at)).orElse(-1);
                long length = variables.numberAt(OptionalLong.of(at + word)).orElse(-1);
                if (first < 0 || length <= 0 || first > MOST_PAGES || length > Math.min(MOST_PAGES, total.getAsLong() - sum)) {
                    sum = -1;
                    break;
                }
                sum += length;
                lacking += lacking(image, first, length);
            }
            if (sum > 0 && sum == total.getAsLong()) {
                return lacking;
            }
        }
        return pages == null ? 0 : Math.max(0, pages - image.presentPages());
    }

    private static long lacking(PhysicalMemory image, long first, long length) {
        long lacking = 0;
        for (long at = first; at < first + length;) {
            long step = image.contiguous(at, first + length - at);
            lacking += step < 0 ? Math.min(-step, first + length - at) : 0;
            at += Math.max(1, Math.abs(step));
        }
        return lacking;
    }
}
