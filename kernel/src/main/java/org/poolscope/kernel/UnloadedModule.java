package org.poolscope.kernel;

import java.time.Instant;

/**
 * A driver that was unloaded before the image was taken.
 *
 * @param name its file name, as far as the kernel kept it
 * @param start where it was loaded
 * @param end the address behind its last byte
 * @param time when it was unloaded; {@code null} when not known
 */
public record UnloadedModule(String name, long start, long end, Instant time) {
}
