package org.poolscope.app.watch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.poolscope.model.PoolTag;
import org.poolscope.model.PoolUse;
import org.poolscope.model.TagUsage;

/**
 * The buffer {@code NtQuerySystemInformation} fills for class 22 ({@code SystemPoolTagInformation}): a count, and an entry for
 * each tag.
 *
 * <pre>
 *                  32-bit  64-bit
 * Count                 0       0
 * first entry           4       8
 * an entry           0x1c    0x28
 *   Tag                 0       0
 *   PagedAllocs         4       4
 *   PagedFrees          8       8
 *   PagedUsed          0c      10
 *   NonPagedAllocs     10      18
 *   NonPagedFrees      14      1c
 *   NonPagedUsed       18      20
 * </pre>
 *
 * Source: Geoff Chappell's notes on {@code SYSTEM_POOLTAG_INFORMATION}. Counts are 32 bits wide and wrap; the difference of two
 * of them is
 * right all the same.
 */
public enum PoolTagBuffer {
    /** As 32-bit Windows fills it. */
    BITS_32(4, 0x1c, 0x0c, 0x10, 0x14, 0x18),
    /** As 64-bit Windows fills it. */
    BITS_64(8, 0x28, 0x10, 0x18, 0x1c, 0x20);

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int first;
    private final int entry;
    private final int pagedUsed;
    private final int nonPagedAllocs;
    private final int nonPagedFrees;
    private final int nonPagedUsed;

    PoolTagBuffer(int first, int entry, int pagedUsed, int nonPagedAllocs, int nonPagedFrees, int nonPagedUsed) {
        this.first = first;
        this.entry = entry;
        this.pagedUsed = pagedUsed;
        this.nonPagedAllocs = nonPagedAllocs;
        this.nonPagedFrees = nonPagedFrees;
        this.nonPagedUsed = nonPagedUsed;
    }

    /**
     * The rows of a buffer.
     *
     * @param buffer what was filled in
     * @throws IllegalArgumentException when it counts more entries than it holds
     */
    public List<TagUsage> rows(MemorySegment buffer) {
        if (buffer.byteSize() < first) {
            throw new IllegalArgumentException("a pool tag buffer of " + buffer.byteSize() + " bytes is too short");
        }
        long count = buffer.get(INT, 0) & 0xffff_ffffL;
        if (count > (buffer.byteSize() - first) / entry) {
            throw new IllegalArgumentException("a pool tag buffer of " + buffer.byteSize() + " bytes cannot hold the " + count
                    + " entries it counts");
        }
        List<TagUsage> rows = new ArrayList<>((int) count);
        for (int i = 0; i < count; i++) {
            long at = first + (long) i * entry;
            PoolUse paged = use(buffer, at + 4, at + 8, at + pagedUsed);
            PoolUse nonPaged = use(buffer, at + nonPagedAllocs, at + nonPagedFrees, at + nonPagedUsed);
            rows.add(new TagUsage(new PoolTag(buffer.get(INT, at)), nonPaged, paged));
        }
        return rows;
    }

    private PoolUse use(MemorySegment buffer, long allocs, long frees, long used) {
        int allocated = buffer.get(INT, allocs);
        int freed = buffer.get(INT, frees);
        long bytes = this == BITS_64 ? buffer.get(LONG, used) : buffer.get(INT, used) & 0xffff_ffffL;
        return new PoolUse(allocated & 0xffff_ffffL, freed & 0xffff_ffffL, (allocated - freed) & 0xffff_ffffL, bytes);
    }
}
