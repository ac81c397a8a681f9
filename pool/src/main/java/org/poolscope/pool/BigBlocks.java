package org.poolscope.pool;

import java.util.function.Consumer;
import org.poolscope.kernel.BigPageTable;
import org.poolscope.model.PoolKind;

/**
 * Allocations of whole pages, out of the kernel's table of them, by address. An allocation that would reach into the next one is cut
 * there, for two cannot share a page: a damaged size must not hide what lies behind it.
 */
final class BigBlocks {

    private final long[] address;
    private final long[] size;
    private final int[] tag;
    private final PoolKind[] pool;

    private BigBlocks(int count) {
        this.address = new long[count];
        this.size = new long[count];
        this.tag = new int[count];
        this.pool = new PoolKind[count];
    }

    static BigBlocks none() {
        return new BigBlocks(0);
    }

    static BigBlocks of(BigPageTable table, PoolSpace space, Consumer<Damage> damage) {
        BigBlocks blocks = new BigBlocks(table.size());
        for (int i = 0; i < table.size(); i++) {
            long start = table.address(i);
            long bytes = table.bytes(i);
            if (i + 1 < table.size() && Long.compareUnsigned(table.address(i + 1) - start, bytes) < 0) {
                damage.accept(new Damage(start, "the table of big allocations gives this one %d bytes, but another begins %d bytes on"
                        .formatted(bytes, table.address(i + 1) - start)));
                bytes = table.address(i + 1) - start;
            }
            blocks.address[i] = start;
            blocks.size[i] = bytes;
            blocks.tag[i] = table.key(i);
            blocks.pool[i] = table.pool(i).orElseGet(() -> space.poolOf(start));
        }
        return blocks;
    }

    int count() {
        return address.length;
    }

    long address(int index) {
        return address[index];
    }

    /** Bytes, as far as the table tells: whole pages before Vista. */
    long size(int index) {
        return size[index];
    }

    /** Where its last page ends. */
    long end(int index) {
        return address[index] + (size[index] + Words.PAGE_MASK & ~(long) Words.PAGE_MASK);
    }

    int tag(int index) {
        return tag[index];
    }

    PoolKind pool(int index) {
        return pool[index];
    }

    /** The pages they take. */
    void addTo(AddressRanges.Builder ranges) {
        for (int i = 0; i < address.length; i++) {
            ranges.add(address[i], end(i));
        }
    }

    /** The allocation whose pages hold an address, or -1. */
    int find(long va) {
        int low = 0;
        int high = address.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(address[middle], va) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high >= 0 && Long.compareUnsigned(va, end(high)) < 0 ? high : -1;
    }
}
