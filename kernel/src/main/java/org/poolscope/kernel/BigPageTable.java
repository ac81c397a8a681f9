package org.poolscope.kernel;

import java.util.Arrays;
import java.util.Optional;
import org.poolscope.model.PoolKind;
import org.poolscope.model.PoolTag;

/**
 * The big page table: pool allocations of a page and more, which have no header of their own. The live entries, by address, in
 * flat arrays. Immutable.
 */
public final class BigPageTable {

    private static final int PROTECTED_BIT = 0x8000_0000;
    private static final byte UNKNOWN = -1;

    private final long address;
    private final int slots;
    private final boolean complete;
    private final long[] addresses;
    private final int[] keys;
    private final long[] sizes;
    private final byte[] pools;

    private BigPageTable(long address, int slots, boolean complete, long[] addresses, int[] keys, long[] sizes, byte[] pools) {
        this.address = address;
        this.slots = slots;
        this.complete = complete;
        this.addresses = addresses;
        this.keys = keys;
        this.sizes = sizes;
        this.pools = pools;
    }

    /** Where the table stands. */
    public long address() {
        return address;
    }

    /** Slots of the table, in use and free. */
    public int slots() {
        return slots;
    }

    /** Whether all of the table could be read. */
    public boolean complete() {
        return complete;
    }

    /** Live allocations. */
    public int size() {
        return addresses.length;
    }

    /** Where allocation {@code index} begins; ascending. */
    public long address(int index) {
        return addresses[index];
    }

    /** Its tag's {@linkplain PoolTag#key() key}, without the protected bit. */
    public int key(int index) {
        return keys[index];
    }

    /** Its tag. */
    public PoolTag tag(int index) {
        return new PoolTag(keys[index]);
    }

    /** Its size in bytes; whole pages on kernels before Vista, which count in pages. */
    public long bytes(int index) {
        return sizes[index];
    }

    /** Its pool, as the entry says, or on kernels before Vista its address. */
    public Optional<PoolKind> pool(int index) {
        return pools[index] == UNKNOWN ? Optional.empty() : Optional.of(PoolKind.values()[pools[index]]);
    }

    /** The allocation that holds an address, or -1. */
    public int find(long va) {
        int low = 0;
        int high = addresses.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(addresses[middle], va) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high >= 0 && Long.compareUnsigned(va - addresses[high], sizes[high]) < 0 ? high : -1;
    }

    /** Whether four bytes can be a pool tag: drivers give printable characters, zero for those left out. */
    static boolean looksLikeTag(int key) {
        int tag = key & ~PROTECTED_BIT;
        boolean ended = false;
        for (int i = 0; i < 4; i++) {
            int character = tag >>> 8 * i & 0xff;
            if (character == 0) {
                ended = true;
            } else if (ended || character < 0x20 || character >= 0x7f) {
                return false;
            }
        }
        return tag != 0;
    }

    /** Gathers entries. */
    static final class Builder {

        private static final int WORDS = 4;

        private long[] entries = new long[WORDS * 256];
        private int count;

        void add(long address, int key, long bytes, PoolKind pool) {
            if (WORDS * count == entries.length) {
                entries = Arrays.copyOf(entries, entries.length * 2);
            }
            entries[WORDS * count] = address;
            entries[WORDS * count + 1] = key & ~PROTECTED_BIT;
            entries[WORDS * count + 2] = bytes;
            entries[WORDS * count + 3] = pool == null ? UNKNOWN : pool.ordinal();
            count++;
        }

        /** Sorts by address; of two entries for one address the first found is kept. */
        BigPageTable build(long tableAddress, int slots, boolean complete) {
            long[] sorted = new long[count];
            for (int i = 0; i < count; i++) {
                sorted[i] = entries[WORDS * i];
            }
            // Kernel addresses of one machine all have the same sign: signed order is their order.
            Arrays.sort(sorted);
            int kept = 0;
            for (int i = 0; i < count; i++) {
                if (i == 0 || sorted[i] != sorted[i - 1]) {
                    sorted[kept++] = sorted[i];
                }
            }
            long[] addresses = Arrays.copyOf(sorted, kept);
            int[] keys = new int[kept];
            long[] sizes = new long[kept];
            byte[] pools = new byte[kept];
            for (int i = count - 1; i >= 0; i--) {
                int at = Arrays.binarySearch(addresses, entries[WORDS * i]);
                keys[at] = (int) entries[WORDS * i + 1];
                sizes[at] = entries[WORDS * i + 2];
                pools[at] = (byte) entries[WORDS * i + 3];
            }
            return new BigPageTable(tableAddress, slots, complete, addresses, keys, sizes, pools);
        }
    }
}
