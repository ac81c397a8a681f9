package org.poolscope.lab.image;

/**
 * A stretch of physical memory.
 *
 * @param firstFrame its first page frame number
 * @param frames its length in pages of 4096 bytes
 */
public record MemoryRun(long firstFrame, long frames) {

    /** The frame after its last. */
    public long end() {
        return firstFrame + frames;
    }
}
