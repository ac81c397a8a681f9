package org.poolscope.memory;

/**
 * A driver that had been loaded and was unloaded before the dump.
 *
 * @param name its file name, cut to 12 characters
 * @param start where it was loaded
 * @param end the address behind its last byte
 */
public record UnloadedModule(String name, long start, long end) {
}
