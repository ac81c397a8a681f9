package org.poolscope.app.watch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.time.LocalDateTime;
import java.util.List;
import org.poolscope.model.MemoryCounters;
import org.poolscope.model.Provenance;

/**
 * The structure {@code GetPerformanceInfo} fills ({@code PERFORMANCE_INFORMATION}, psapi.h), 64-bit: a size, ten figures in pages
 * of 8 bytes
 * each from offset 8 on, the size of a page at 0x50, three counts.
 */
final class PerformanceBuffer {

    /** Its size, which stands in its first field. */
    static final int BYTES = 0x68;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private PerformanceBuffer() {
    }

    /** The totals in a filled structure. */
    static MemoryCounters totals(MemorySegment info, Provenance seenAt, LocalDateTime taken) {
        long page = info.get(LONG, 0x50);
        long[] bytes = new long[9];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = info.get(LONG, 8 + 8L * i) * page;
        }
        return new MemoryCounters(seenAt, "live", taken, bytes[3], bytes[4], null, info.get(LONG, 0x48) * page, null, bytes[7],
                null, List.of(),
                bytes[0], bytes[1], bytes[2], List.of(), List.of());
    }
}
