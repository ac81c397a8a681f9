package org.poolscope.kernel.objects;

import java.time.Duration;

/**
 * A thread. What could not be read is {@code null}; a thread that has ended has no stack any more.
 *
 * @param address where its {@code ETHREAD} stands
 * @param id its thread id
 * @param process address of the process it belongs to
 * @param stackTop the address its kernel stack begins below (stacks grow downwards)
 * @param stackLimit the lowest address of its kernel stack
 * @param stackPointer how far down its kernel stack was in use when it last stopped running; what lies below it is left over, but
 *     for the threads that {@linkplain Processor#currentThread() are running}
 * @param waiting how long it has been waiting for something, when it is
 */
public record KernelThread(long address, Long id, long process, Long stackTop, Long stackLimit, Long stackPointer,
        Duration waiting) {
}
