package org.poolscope.pool;

import java.util.ArrayList;
import java.util.List;
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
    /** Whether what stands behind it on its last page is not its own. */
    private final boolean[] shared;

    private BigBlocks(int count) {
        this.address = new long[count];
        this.size = new long[count];
        this.tag = new int[count];
        this.pool = new PoolKind[count];
        this.shared = new boolean[count];
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

    /** Where its last page ends, or it itself where others share that page. */
    long end(int index) {
        return address[index] + (shared[index] ? size[index] : size[index] + Words.PAGE_MASK & ~(long) Words.PAGE_MASK);
    }

    /** Notes that an allocation shares its last page. Threads may call this for different allocations. */
    void share(int index) {
        shared[index] = true;
    }

    /** These and some more, which nothing but their place, size and pool is known of; in any order. */
    BigBlocks with(List<Piece> more) {
        if (more.isEmpty()) {
            return this;
        }
        List<Piece> added = new ArrayList<>(more);
        added.sort((a, b) -> Long.compareUnsigned(a.address(), b.address()));
        BigBlocks all = new BigBlocks(address.length + added.size());
        int mine = 0;
        int theirs = 0;
        for (int i = 0; i < all.address.length; i++) {
            if (theirs == added.size() || mine < address.length
                    && Long.compareUnsigned(address[mine], added.get(theirs).address()) <= 0) {
                all.address[i] = address[mine];
                all.size[i] = size[mine];
                all.tag[i] = tag[mine];
                all.pool[i] = pool[mine];
                all.shared[i] = shared[mine++];
            } else {
                Piece piece = added.get(theirs++);
                all.address[i] = piece.address();
                all.size[i] = piece.bytes();
                all.pool[i] = piece.pool();
                all.shared[i] = (piece.bytes() & Words.PAGE_MASK) != 0;
            }
        }
        return all;
    }

    /** An allocation of which the table says nothing. */
    record Piece(long address, long bytes, PoolKind pool) {
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

    /** The allocation that begins at an address, or -1. */
    int at(long va) {
        int last = last(va);
        return last >= 0 && address[last] == va ? last : -1;
    }

    /** Whether any allocation has a byte in a range. */
    boolean touches(long from, long bytes) {
        int last = last(from + bytes - 1);
        return last >= 0 && Long.compareUnsigned(end(last), from) > 0;
    }

    /** The allocation whose pages hold an address, or -1. */
    int find(long va) {
        int last = last(va);
        return last >= 0 && Long.compareUnsigned(va, end(last)) < 0 ? last : -1;
    }

    /** The last allocation that begins at an address or before it, or -1. */
    private int last(long va) {
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
        return high;
    }
}
