package org.poolscope.kernel.objects;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.poolscope.kernel.Answer;
import org.poolscope.symbols.StructLayout;

/**
 * Reads the kernel's array of processors ({@code KiProcessorBlock}): pointers to control blocks, up to the first that is none.
 */
final class ProcessorReader {

    /** The largest systems of 2021 had 2048 logical processors. */
    private static final int LIMIT = 2048;

    private final KernelSpace space;

    ProcessorReader(KernelSpace space) {
        this.space = space;
    }

    Answer<List<Processor>> read() {
        OptionalLong array = space.variables().told("KiProcessorBlock");
        if (array.isEmpty()) {
            return Answer.none("the kernel's array of processors is not in the image");
        }
        StructLayout layout = space.layout("_KPRCB");
        List<Processor> processors = new ArrayList<>();
        for (int i = 0; i < LIMIT; i++) {
            long slot = array.getAsLong() + (long) i * space.pointerSize();
            long block = space.isReadable(slot, space.pointerSize()) ? space.pointer(slot) : 0;
            Long running = space.isKernelPointer(block) ? thread(block + layout.offset("CurrentThread")) : null;
            if (running == null || processors.stream().anyMatch(known -> known.block() == block)) {
                break;
            }
            processors.add(new Processor(i, block, layout.size(), running, thread(block + layout.offset("IdleThread"))));
        }
        return processors.isEmpty()
                ? Answer.none("the kernel's array of processors at 0x%x holds none".formatted(array.getAsLong()))
                : Answer.of(List.copyOf(processors));
    }

    /** The thread a pointer leads to, which is a dispatcher object of that type. */
    private Long thread(long pointer) {
        if (!space.isReadable(pointer, space.pointerSize())) {
            return null;
        }
        long thread = space.pointer(pointer);
        return space.isKernelPointer(thread) && space.isReadable(thread, 1)
                && space.memory().u8(thread) == ProcessFields.THREAD_OBJECT ? Long.valueOf(thread) : null;
    }
}
