package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The pieces of a virtual address space that a small dump holds: sorted blocks, without overlap, found by binary search.
 */
public final class BlockMemory extends VirtualMemory {

    private static final int EXTENT_LIMIT = 1 << 30;

    private final int pointerSize;
    private final long[] first;
    private final long[] length;
    private final long[] offset;

    private BlockMemory(MemorySegment bytes, int pointerSize, long[] first, long[] length, long[] offset) {
        super(bytes);
        this.pointerSize = pointerSize;
        this.first = first;
        this.length = length;
        this.offset = offset;
    }

    @Override
    public int pointerSize() {
        return pointerSize;
    }

    /** How many blocks there are. */
    public int blocks() {
        return first.length;
    }

    /** The first address of a block; blocks stand in the order of their unsigned addresses. */
    public long blockAddress(int block) {
        return first[block];
    }

    /** Bytes of a block. */
    public long blockLength(int block) {
        return length[block];
    }

    @Override
    public long locate(long va) {
        int block = blockOf(va);
        return block < 0 ? Absence.NOT_IN_DUMP.code() : offset[block] + (va - first[block]);
    }

    @Override
    public int extent(long va) {
        int block = blockOf(va);
        return block < 0 ? 1 : (int) Math.min(EXTENT_LIMIT, length[block] - (va - first[block]));
    }

    @Override
    public long canonical(long va) {
        return pointerSize == Integer.BYTES ? va & 0xffff_ffffL : va;
    }

    /** The block that holds an address, or -1. */
    private int blockOf(long va) {
        int low = 0;
        int high = first.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(first[middle], va) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high >= 0 && va - first[high] < length[high] ? high : -1;
    }

    /** Gathers blocks as a file lists them, and cuts what lies outside the file or was listed before. */
    static final class Builder {

        private final MemorySegment bytes;
        private final int pointerSize;
        private long[] blocks = new long[3 * 64];
        private int count;
        private int cut;

        Builder(MemorySegment bytes, int pointerSize) {
            this.bytes = bytes;
            this.pointerSize = pointerSize;
        }

        /** Adds a block: {@code size} bytes at {@code va} stand at {@code fileOffset}. */
        void add(long va, long fileOffset, long size) {
            long room = fileOffset < 0 || fileOffset > bytes.byteSize() ? 0 : bytes.byteSize() - fileOffset;
            long limit = pointerSize == Integer.BYTES ? 0x1_0000_0000L - va : va < 0 ? -va : Long.MAX_VALUE;
            long stored = Math.min(Math.min(size, room), limit < 0 ? 0 : limit);
            if (stored < size) {
                cut++;
            }
            if (stored <= 0) {
                return;
            }
            if (3 * count == blocks.length) {
                blocks = Arrays.copyOf(blocks, blocks.length * 2);
            }
            blocks[3 * count] = va;
            blocks[3 * count + 1] = stored;
            blocks[3 * count + 2] = fileOffset;
            count++;
        }

        /** Blocks that do not lie wholly inside the file. */
        int cutBlocks() {
            return cut;
        }

        BlockMemory build() {
            Integer[] order = new Integer[count];
            Arrays.setAll(order, i -> i);
            Arrays.sort(order, (a, b) -> Long.compareUnsigned(blocks[3 * a], blocks[3 * b]));
            long[] first = new long[count];
            long[] length = new long[count];
            long[] offset = new long[count];
            int kept = 0;
            for (int i : order) {
                long from = blocks[3 * i];
                long size = blocks[3 * i + 1];
                long at = blocks[3 * i + 2];
                if (kept > 0) {
                    long covered = length[kept - 1] - (from - first[kept - 1]);
                    if (covered > 0) {
                        from += covered;
                        size -= covered;
                        at += covered;
                    }
                }
                if (size > 0) {
                    first[kept] = from;
                    length[kept] = size;
                    offset[kept] = at;
                    kept++;
                }
            }
            return new BlockMemory(bytes, pointerSize, Arrays.copyOf(first, kept), Arrays.copyOf(length, kept),
                    Arrays.copyOf(offset, kept));
        }
    }
}
