package org.poolscope.lab.machine;

import java.util.List;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.symbols.StructLayout;

/**
 * A subsegment of equal blocks of the low fragmentation heap: two bits a block say whether it is in use. Blocks that would cross a page are
 * never given out.
 */
final class EqualBlocks {

    private static final int PAGE = 4096;
    private static final int WORD_BLOCKS = 32;

    private final KernelSpace space;
    private final Struct subsegment;
    private final long at;
    private final int size;
    private final long bitmap;
    private final long first;
    private final int count;

    /**
     * Makes mapped memory a subsegment, all blocks free.
     *
     * @param size bytes of each block
     * @param owner what stands in the subsegment's head as whose it is
     */
    EqualBlocks(HeapWriting heaps, long at, int bytes, int size, long owner) {
        this.space = heaps.space();
        this.at = at;
        this.size = size;
        StructLayout layout = heaps.symbols().get("_HEAP_LFH_SUBSEGMENT");
        int head = layout.offset("BlockBitmap");
        int fits = (bytes - head) / size;
        while (head(head, fits) + fits * size > bytes) {
            fits--;
        }
        this.count = fits;
        this.first = at + head(head, fits);
        this.bitmap = at + head;
        this.subsegment = new Struct(space, layout, at);
        space.initList(subsegment.at("ListEntry"));
        subsegment.set("Owner", owner).set("BlockCount", count);
        space.put32(subsegment.at("BlockOffsets"), (size | (int) (first - at) << 16) ^ (int) heaps.lfhKey() ^ (int) at >>> 12);
        int withheld = 0;
        for (int i = 0; i < count; i++) {
            if (crosses(first + (long) i * size)) {
                mark(i, 1);
                withheld++;
            }
        }
        subsegment.set("FreeCount", count - withheld).set("WitheldBlockCount", withheld);
    }

    private static int head(int bitmapAt, int blocks) {
        return bitmapAt + (blocks + WORD_BLOCKS - 1) / WORD_BLOCKS * Long.BYTES + 15 & -16;
    }

    private boolean crosses(long block) {
        return (block & PAGE - 1) + size > PAGE;
    }

    /** Adds the blocks that can be given out to a list. */
    void addTo(List<Long> list) {
        for (int i = 0; i < count; i++) {
            if (!crosses(first + (long) i * size)) {
                list.add(first + (long) i * size);
            }
        }
    }

    /** Whether an address is that of one of its blocks. */
    boolean contains(long block) {
        return Long.compareUnsigned(block - first, (long) count * size) < 0;
    }

    /** Gives a block out, or takes it back. */
    void setBusy(long block, boolean busy) {
        mark((int) ((block - first) / size), busy ? 1 : 0);
        subsegment.set("FreeCount", subsegment.get("FreeCount") + (busy ? -1 : 1));
    }

    private void mark(int index, long state) {
        long word = bitmap + (long) (index / WORD_BLOCKS) * Long.BYTES;
        int shift = index % WORD_BLOCKS * 2;
        space.put64(word, space.u64(word) & ~(3L << shift) | state << shift);
    }

    @Override
    public String toString() {
        return count + " blocks of " + size + " bytes at 0x" + Long.toHexString(at);
    }
}
