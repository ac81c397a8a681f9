package org.poolscope.model;

/**
 * A driver, or the kernel itself, in memory.
 *
 * @param name its file name, for instance {@code mup.sys}
 * @param base where it is loaded
 * @param size bytes of address space it takes
 * @param timeDateStamp seconds since 1970 that its linker wrote, as an unsigned 32-bit value; {@code null} when not readable
 * @param path the full path it was loaded from; {@code null} when not readable
 */
public record LoadedModule(String name, long base, long size, Long timeDateStamp, String path) {

    /** Whether an address lies inside. */
    public boolean contains(long address) {
        return Long.compareUnsigned(address - base, size) < 0;
    }
}
