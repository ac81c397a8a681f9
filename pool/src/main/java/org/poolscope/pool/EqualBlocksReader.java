package org.poolscope.pool;


/**
 * Reads a subsegment of equal blocks ({@code _HEAP_LFH_SUBSEGMENT}): a header with a bitmap of two bits for each block, then the blocks.
 * A block that would cross the end of a page is counted, and never given away. For one thread.
 */
final class EqualBlocksReader {

    private static final int BITS = 2;
    private static final int PER_WORD = Long.SIZE / BITS;
    private static final int BUSY = 1;

    private final HeapStretch stretch;
    private final HeaderFormat format;
    private final SegmentLayout layout;
    private final DamageList damage;
    private int size;
    private int first;

    EqualBlocksReader(HeapStretch stretch, HeaderFormat format, SegmentLayout layout, DamageList damage) {
        this.stretch = stretch;
        this.format = format;
        this.layout = layout;
        this.damage = damage;
    }

    /** Marks what the subsegment holds. */
    void read() {
        SegmentLayout.EqualBlocks of = layout.equalBlocks();
        stretch.heap(0);
        if (!stretch.has(0)) {
            stretch.damaged(0);
            return;
        }
        // Up to build 22621 at least the address is cut to 32 bits before its page's number is taken, in later ones after.
        int number = (int) stretch.address() >>> Words.PAGE_SHIFT;
        if (!decode(number) && !decode((int) (stretch.address() >>> Words.PAGE_SHIFT))) {
            decode(number);
        }
        int count = stretch.u32(of.count()) & 0xffff;
        int header = format.headerSize();
        if (!isPossible()) {
            damage.accept(new Damage(stretch.address() + of.offsets(), "a subsegment of equal blocks cannot have blocks of %d bytes from %d on"
                    .formatted(size, first)));
            stretch.damaged(header);
            return;
        }
        int room = (stretch.length() - first) / size;
        int mapped = (first - of.bitmap()) / Long.BYTES * PER_WORD;
        if (count > room || room - count > 1) {
            if (!areBlocks(Math.min(room, mapped))) {
                damage.accept(new Damage(stretch.address() + of.offsets(), "a subsegment has no blocks of %d bytes from %d on"
                        .formatted(size, first)));
                stretch.damaged(header);
                return;
            }
            damage.accept(new Damage(stretch.address() + of.count(), "a subsegment counts %d blocks of %d bytes where %d have room"
                    .formatted(count, size, room)));
        }
        count = Math.min(room, mapped);
        for (int i = 0; i < count; i++) {
            block(first + i * size, i);
        }
        stretch.heap(first + count * size);
    }

    /** Takes block size and first block from where they are hidden; whether they go with the number of blocks. */
    private boolean decode(int number) {
        SegmentLayout.EqualBlocks of = layout.equalBlocks();
        int hidden = stretch.u32(of.offsets()) ^ (int) layout.keys().lfh() ^ number;
        size = hidden >>> of.blockSize().offset() * Byte.SIZE & 0xffff;
        first = hidden >>> of.firstBlock().offset() * Byte.SIZE & 0xffff;
        int count = stretch.u32(of.count()) & 0xffff;
        return isPossible() && Math.abs((stretch.length() - first) / size - count) <= 1;
    }

    private boolean isPossible() {
        int header = format.headerSize();
        return size >= 2 * header && size <= Words.PAGE && (size & header - 1) == 0 && (first & header - 1) == 0
                && first >= layout.equalBlocks().bitmap() + Long.BYTES && first <= stretch.length();
    }

    /** Whether half of the headers where blocks in use would be can be such. */
    private boolean areBlocks(int count) {
        int busy = 0;
        int sound = 0;
        for (int i = 0; i < count; i++) {
            int at = first + i * size;
            if ((at & Words.PAGE_MASK) + size <= Words.PAGE && stretch.has(at) && isBusy(i)) {
                int units = format.units(stretch.u32(at));
                busy++;
                sound += units >= 2 && units << format.unitShift() <= size ? 1 : 0;
            }
        }
        return busy > 0 && 2 * sound >= busy;
    }

    private boolean isBusy(int number) {
        int word = layout.equalBlocks().bitmap() + number / PER_WORD * Long.BYTES;
        return stretch.has(word) && (stretch.u64(word) >>> BITS * (number % PER_WORD) & BUSY) != 0;
    }

    private void block(int at, int number) {
        int word = layout.equalBlocks().bitmap() + number / PER_WORD * Long.BYTES;
        if ((at & Words.PAGE_MASK) + size > Words.PAGE) {
            stretch.heap(at);
            return;
        }
        if (!stretch.has(at)) {
            return;
        }
        int tag = stretch.u32(at + format.tagOffset());
        if (!stretch.has(word)) {
            stretch.damaged(at);
        } else if (!isBusy(number)) {
            stretch.free(at, tag);
        } else {
            int units = format.units(stretch.u32(at));
            int told = units << format.unitShift();
            if (units < 2 || told > size) {
                damage.accept(new Damage(stretch.address() + at, "the header of a block says %d bytes, its place has %d".formatted(told, size)));
                told = size;
            }
            stretch.block(at, tag);
            if (told < size) {
                stretch.heap(at + told);
            }
        }
    }
}
