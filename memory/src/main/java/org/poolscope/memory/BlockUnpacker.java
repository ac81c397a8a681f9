package org.poolscope.memory;

import java.lang.foreign.MemorySegment;
import org.poolscope.memory.xpress.HuffmanLz77;
import org.poolscope.memory.xpress.PlainLz77;

/** Unpacks blocks of a hibernation file, one at a time, into memory of its own: 192 KB in all. */
final class BlockUnpacker {

    private static final int LARGEST = HibernatedBlocks.MOST_PAGES << PhysicalMemory.PAGE_SHIFT;

    /** Behind what is needed a packer leaves at most a word of flags, and the rest of an eight. */
    private static final int MOST_LEFT = 8;

    /** What sizes of blocks are rounded up to in files of XP to 7. */
    private static final int ALIGNMENT = 8;

    private final MemorySegment file;
    private final byte[] packed = new byte[LARGEST];
    private final byte[] pages = new byte[LARGEST];
    private final HuffmanLz77 huffman = new HuffmanLz77();

    BlockUnpacker(MemorySegment file) {
        this.file = file;
    }

    /**
     * Unpacks a block.
     *
     * @param size bytes that shall come out, at most those of {@link HibernatedBlocks#MOST_PAGES}
     * @return the pages, from the beginning of the array on, good until the next call; {@code null} when the block is damaged
     */
    byte[] unpack(long offset, int packedSize, HibernationPacking packing, int size) {
        if (packing == HibernationPacking.STORED) {
            MemorySegment.copy(file, LittleEndian.U8, offset, pages, 0, size);
            return pages;
        }
        MemorySegment.copy(file, LittleEndian.U8, offset, packed, 0, packedSize);
        int used = packing == HibernationPacking.HUFFMAN ? huffman.unpack(packed, packedSize, pages, size)
                : PlainLz77.unpack(packed, packedSize, pages, size);
        if (packing == HibernationPacking.EITHER && (used < 0 || packedSize - used > MOST_LEFT)) {
            used = huffman.unpack(packed, packedSize, pages, size);
        }
        if (used < 0 && packing == HibernationPacking.PLAIN && packedSize > size - ALIGNMENT && offset <= file.byteSize() - size) {
            // Hibr2Bin and Volatility take a block for stored when its packed size, rounded up, is that of its pages.
            MemorySegment.copy(file, LittleEndian.U8, offset, pages, 0, size);
            return pages;
        }
        return used < 0 ? null : pages;
    }
}
