package org.poolscope.pool;

import org.poolscope.kernel.SegmentHeaps;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.TypeLayouts;

/** Where the numbers of a heap's subsegments stand, and the keys that hide them. Immutable. */
record SegmentLayout(SegmentHeaps.Keys keys, Chunks chunks, EqualBlocks equalBlocks) {

    /**
     * Subsegments of chunks.
     *
     * @param size where the subsegment's size stands
     * @param signature where its signature stands
     * @param first where the first chunk begins
     * @param header bytes of a chunk's header
     */
    record Chunks(FieldLayout size, FieldLayout signature, int first, int header, FieldLayout units, FieldLayout unitsBefore,
            FieldLayout allocated) {

        /** A number out of a header that is no longer hidden. */
        static int number(FieldLayout field, long bits) {
            return (int) field.extract(bits >>> field.offset() * Byte.SIZE & (field.bytes() == Long.BYTES ? -1L : (1L << field.bytes() * Byte.SIZE) - 1));
        }
    }

    /**
     * Subsegments of equal blocks.
     *
     * @param offsets where block size and first block stand, hidden
     * @param count where the number of blocks stands
     * @param bitmap where the bitmap begins
     */
    record EqualBlocks(int offsets, FieldLayout blockSize, FieldLayout firstBlock, int count, int bitmap) {
    }

    static SegmentLayout of(TypeLayouts layouts, SegmentHeaps.Keys keys) {
        StructLayout subsegment = layouts.get("_HEAP_VS_SUBSEGMENT");
        StructLayout header = layouts.get("_HEAP_VS_CHUNK_HEADER");
        StructLayout sizes = layouts.get("_HEAP_VS_CHUNK_HEADER_SIZE");
        StructLayout equal = layouts.get("_HEAP_LFH_SUBSEGMENT");
        StructLayout offsets = layouts.get("_HEAP_LFH_SUBSEGMENT_ENCODED_OFFSETS");
        return new SegmentLayout(keys, new Chunks(subsegment.field("Size"), subsegment.field("Signature"),
                subsegment.size() + header.size() - 1 & -header.size(), header.size(), sizes.field("UnsafeSize"),
                sizes.field("UnsafePrevSize"), sizes.field("Allocated")),
                new EqualBlocks(equal.offset("BlockOffsets"), offsets.field("BlockSize"), offsets.field("FirstBlockOffset"),
                        equal.offset("BlockCount"), equal.offset("BlockBitmap")));
    }
}
