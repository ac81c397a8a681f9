package org.poolscope.kernel;

import java.util.Arrays;
import org.poolscope.model.PoolKind;

/** Ranges of pages in the segments of heaps, by address and without overlap, in flat arrays: 17 bytes a range. */
public final class HeapRanges {

    private static final Kind[] KINDS = Kind.values();
    private static final int PAGED = 0x40;

    private final long[] address;
    private final long[] bytes;
    private final byte[] kind;

    private HeapRanges(long[] address, long[] bytes, byte[] kind) {
        this.address = address;
        this.bytes = bytes;
        this.kind = kind;
    }

    /** What a range holds. */
    public enum Kind {
        /** The descriptors of the segment. */
        DESCRIPTORS,
        /** Nothing: the heap may give it away. */
        FREE,
        /** One allocation. */
        BLOCK,
        /** Blocks of one size, with a bitmap ({@code _HEAP_LFH_SUBSEGMENT}). */
        EQUAL_BLOCKS,
        /** A chain of chunks of any size ({@code _HEAP_VS_SUBSEGMENT}). */
        CHUNKS
    }

    /** How many ranges there are. */
    public int count() {
        return address.length;
    }

    /** Where a range begins. */
    public long address(int index) {
        return address[index];
    }

    /** Its bytes, whole pages. */
    public long bytes(int index) {
        return bytes[index];
    }

    /** What it holds. */
    public Kind kind(int index) {
        return KINDS[kind[index] & ~PAGED];
    }

    /** The pool it belongs to. */
    public PoolKind pool(int index) {
        return (kind[index] & PAGED) != 0 ? PoolKind.PAGED : PoolKind.NONPAGED;
    }

    /** Gathers ranges in the order of their addresses. */
    static final class Builder {

        private long[] address = new long[64];
        private long[] bytes = new long[64];
        private byte[] kind = new byte[64];
        private int count;

        void add(long at, long length, Kind what, PoolKind pool) {
            if (count == address.length) {
                address = Arrays.copyOf(address, 2 * count);
                bytes = Arrays.copyOf(bytes, 2 * count);
                kind = Arrays.copyOf(kind, 2 * count);
            }
            address[count] = at;
            bytes[count] = length;
            kind[count++] = (byte) (what.ordinal() | (pool == PoolKind.PAGED ? PAGED : 0));
        }

        HeapRanges build() {
            return new HeapRanges(Arrays.copyOf(address, count), Arrays.copyOf(bytes, count), Arrays.copyOf(kind, count));
        }
    }
}
