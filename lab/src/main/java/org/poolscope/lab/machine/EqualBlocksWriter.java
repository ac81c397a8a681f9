package org.poolscope.lab.machine;

import org.poolscope.lab.Dice;
import org.poolscope.lab.image.Access;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.SymbolTable;

/** Writes subsegments of equal blocks: the low fragmentation heap's. */
final class EqualBlocksWriter {

    private static final int PAGE = 4096;

    private final SegmentPools pools;
    private final KernelSpace space;
    private final SymbolTable symbols;
    private final Dice dice;
    private final long key;
    private final SegmentPools.Content content;

    EqualBlocksWriter(SegmentPools pools, SegmentPools.Content content) {
        this.pools = pools;
        this.space = pools.space();
        this.symbols = pools.symbols();
        this.dice = pools.dice();
        this.key = pools.lfhKey();
        this.content = content;
    }

    /**
     * Writes one.
     *
     * @param size bytes of each block
     */
    void write(long at, long bytes, int size, long owner) {
        space.map(at, (int) (bytes / PAGE), Access.DATA);
        StructLayout layout = symbols.get("_HEAP_LFH_SUBSEGMENT");
        int bitmap = layout.offset("BlockBitmap");
        int count = (int) (bytes - bitmap) / size;
        int first;
        do {
            first = bitmap + (count * 2 + 63) / 64 * 8 + 15 & -16;
            count--;
        } while (first + (count + 1) * (long) size > bytes);
        count++;
        Struct subsegment = new Struct(space, layout, at);
        space.initList(subsegment.at("ListEntry"));
        subsegment.set("Owner", owner).set("BlockCount", count);
        space.put32(subsegment.at("BlockOffsets"), (size | first << 16) ^ (int) key ^ (pools.isLate() ? (int) (at >> 12) : (int) at >>> 12));
        long[] bits = new long[count / 32 + 1];
        int free = 0;
        int withheld = 0;
        for (int i = 0; i < count; i++) {
            long block = at + first + (long) i * size;
            long state;
            if ((block & PAGE - 1) + size > PAGE) {
                state = 1;
                withheld++;
            } else if (dice.oneIn(3)) {
                state = 0;
                free++;
                content.freed(block, size, true);
            } else {
                int spare = size <= 0x200 ? 0 : dice.below(3);
                state = spare > 0 ? 3 : 1;
                content.block(block, size / 16 - spare);
            }
            bits[i / 32] |= state << i % 32 * 2;
        }
        for (int i = 0; i <= (count - 1) / 32; i++) {
            space.put64(at + bitmap + 8L * i, bits[i]);
            long from = at + first + 32L * i * size;
            pools.part(at + bitmap + 8L * i, 8, "bitmap", from, from + 32L * size);
        }
        pools.part(subsegment.at("BlockOffsets"), 4, "offsets of equal blocks", at, at + bytes);
        pools.part(subsegment.at("BlockCount"), 2, "count of equal blocks", 0, 0);
        subsegment.set("FreeCount", free).set("WitheldBlockCount", withheld);
    }
}
