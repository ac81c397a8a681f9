package org.poolscope.app.watch;

import java.time.LocalDateTime;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.PoolSnapshot;

/**
 * What the screen shows at one moment.
 *
 * @param taken when, in the machine's own time; {@code null} when the log does not say
 * @param tags use by tag
 * @param totals the machine's totals; {@code null} when they are not known
 */
public record PoolSample(LocalDateTime taken, PoolSnapshot tags, MemoryCounters totals) {
}
