package org.poolscope.kernel.objects;

/**
 * A processor, as the kernel keeps it. What could not be read is {@code null}.
 *
 * @param number its number
 * @param block where its control block ({@code KPRCB}) stands
 * @param blockSize bytes of the control block in this build
 * @param currentThread the thread it was running
 * @param idleThread the thread it runs when there is nothing to do; belongs to no process in the list
 */
public record Processor(int number, long block, int blockSize, Long currentThread, Long idleThread) {
}
