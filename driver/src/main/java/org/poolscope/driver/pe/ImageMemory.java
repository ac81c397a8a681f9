package org.poolscope.driver.pe;

/** Memory a loaded image is read from, for instance that of a crash dump. */
@FunctionalInterface
public interface ImageMemory {

    /**
     * Copies bytes.
     *
     * @param address the virtual address of the first one
     * @param into where they go
     * @param from the index of the first one there
     * @param length how many
     * @return how many were there, counted from {@code address} without a gap
     */
    int read(long address, byte[] into, int from, int length);
}
