package org.poolscope.pool;

import java.util.Arrays;
import java.util.List;
import org.poolscope.model.PoolKind;

/**
 * Reads a subsegment of chunks ({@code _HEAP_VS_SUBSEGMENT}). Each chunk has a header, hidden under its address and the heap key, with its
 * size, that of the chunk before, and whether it is in use; so sizes form a chain that leads from the first chunk to the end, and every
 * link can be told from noise. Where a header is damaged, the next one that says how far back it is from there tells the size.
 *
 * <p>A block stands behind the chunk's header. One that would cross the end of a page begins with the next page instead. Data of a
 * page and more has no header of its own, begins with a page and stands in the table of big allocations. For one thread.
 */
final class ChunkReader {

    /** What a subsegment's size and signature give when one is taken from the other. */
    private static final int SIGNATURE = 0x2bed;
    private static final int SIGNATURE_MASK = 0x7fff;
    /** More than this behind a block belongs to no block: a chunk is a little larger than asked for at most. */
    private static final int SLACK = 0x40;

    private final HeapStretch stretch;
    private final HeaderFormat format;
    private final SegmentLayout layout;
    private final BigBlocks big;
    private final DamageList damage;
    private final List<BigBlocks.Piece> unlisted;
    private final long[] delayed;
    private final int unitShift;
    private final int header;
    private long sizes;
    private PoolKind pool;

    /**
     * A reader.
     *
     * @param unlisted takes allocations of whole pages that their table does not have
     * @param delayed chunks to free later, ascending: each by what stands behind its header, by that header, or by the block's data
     */
    ChunkReader(HeapStretch stretch, HeaderFormat format, SegmentLayout layout, BigBlocks big, DamageList damage,
            List<BigBlocks.Piece> unlisted, long[] delayed) {
        this.stretch = stretch;
        this.format = format;
        this.layout = layout;
        this.big = big;
        this.damage = damage;
        this.unlisted = unlisted;
        this.delayed = delayed;
        this.unitShift = format.unitShift();
        this.header = layout.chunks().header();
    }

    /** Marks what the subsegment holds. */
    void read(PoolKind owner) {
        pool = owner;
        stretch.heap(0);
        int end = end();
        int at = layout.chunks().first();
        int before = 0;
        boolean first = true;
        while (at + header < end) {
            boolean known = stretch.has(at);
            if (known) {
                load(at);
            }
            int size = known ? size() : 0;
            if (known && !first && before() != before) {
                damage(at, "a chunk's header says %d bytes are before it, but there are %d", before() << unitShift, before << unitShift);
            }
            boolean allocated = allocated();
            if (!leads(at, size, end)) {
                int next = resume(at, end);
                if (known) {
                    damage(at, "a chunk's header says %d bytes, but the next one is %d bytes on", size << unitShift, next - at);
                }
                size = next - at >>> unitShift;
                if (!known || !exact(next, size, end)) {
                    stretch.heap(at);
                    stretch.damaged(at + header);
                    at = next;
                    before = 0;
                    first = true;
                    continue;
                }
            }
            chunk(at, size << unitShift, allocated);
            at += size << unitShift;
            before = size;
            first = false;
        }
        stretch.heap(Math.min(at, end));
    }

    /** Where the last chunk ends: by the subsegment's own size, with or without what stands before the chunks, when that can be. */
    private int end() {
        SegmentLayout.Chunks of = layout.chunks();
        if (!stretch.has(0)) {
            return stretch.length();
        }
        int told = stretch.u32(of.size().offset()) & 0xffff;
        int signature = stretch.u32(of.signature().offset()) & SIGNATURE_MASK;
        if (((told ^ signature ^ SIGNATURE) & SIGNATURE_MASK) != 0) {
            damage(0, "a subsegment of chunks has no sound signature (size %d, signature %d)", told, signature);
            return stretch.length();
        }
        int bytes = told << unitShift;
        return bytes + of.first() == stretch.length() || bytes > stretch.length() || bytes <= of.first() ? stretch.length() : bytes;
    }

    private void load(int at) {
        sizes = stretch.u64(at) ^ stretch.address() + at ^ layout.keys().heap();
    }

    private int size() {
        return SegmentLayout.Chunks.number(layout.chunks().units(), sizes);
    }

    private int before() {
        return SegmentLayout.Chunks.number(layout.chunks().unitsBefore(), sizes);
    }

    private boolean allocated() {
        return (SegmentLayout.Chunks.number(layout.chunks().allocated(), sizes) & 1) != 0;
    }

    /** Whether a chunk's size leads to the end, to a header that confirms it, or to a page that cannot be read. */
    private boolean leads(int at, int size, int end) {
        int next = at + (size << unitShift);
        if (size == 0 || next > end) {
            return false;
        }
        if (next + header >= end || !stretch.has(next)) {
            return true;
        }
        long kept = sizes;
        load(next);
        int told = before();
        int nextSize = size();
        // A header whose own size leads on may be wrong about what is before it; unless a header is where it says.
        boolean sound = told == size || nextSize > 1 && confirmed(next, nextSize, end) && !isBetween(at, next - (told << unitShift), told);
        sizes = kept;
        return sound;
    }

    /** Whether a chunk of a size begins at a place behind another. */
    private boolean isBetween(int before, int at, int size) {
        if (at <= before || !stretch.has(at)) {
            return false;
        }
        load(at);
        return size() == size;
    }

    /** Whether the header that a size leads to says this size. */
    private boolean confirmed(int at, int size, int end) {
        int next = at + (size << unitShift);
        return next + header < end && exact(next, size, end);
    }

    /** Whether a header stands at a place and says that so many units are before it; or it is the end. */
    private boolean exact(int at, int size, int end) {
        if (at + header >= end) {
            return at == end;
        }
        if (!stretch.has(at)) {
            return false;
        }
        load(at);
        return before() == size;
    }

    /**
     * The next place where a chunk certainly begins: best one that says how far it is, else one from which two sizes lead on; the end
     * when there is none.
     */
    private int resume(int at, int end) {
        int near = near(at, end);
        if (near >= 0) {
            return near;
        }
        for (int next = at + (1 << unitShift); next + header < end; next += 1 << unitShift) {
            if (!stretch.has(next)) {
                next |= Words.PAGE_MASK & -1 << unitShift;
                continue;
            }
            load(next);
            int size = size();
            if (size > 1 && confirmed(next, size, end)) {
                int second = next + (size << unitShift);
                load(second);
                if (confirmed(second, size(), end)) {
                    return next;
                }
            }
        }
        return end;
    }

    /** The next place with a header that says how far back a chunk is and whose own size leads on; -1 when there is none. */
    private int near(int at, int end) {
        for (int next = at + (1 << unitShift); next + header < end; next += 1 << unitShift) {
            if (!stretch.has(next)) {
                next |= Words.PAGE_MASK & -1 << unitShift;
                continue;
            }
            load(next);
            int size = size();
            if (size > 1 && before() == next - at >>> unitShift && exact(next + (size << unitShift), size, end)) {
                return next;
            }
        }
        return -1;
    }

    private void chunk(int at, int bytes, boolean allocated) {
        int data = at + header;
        int end = at + bytes;
        stretch.heap(at);
        if (data >= end) {
            return;
        }
        int page = data + Words.PAGE_MASK & -Words.PAGE;
        int listed = page < end ? big.at(stretch.address() + page) : -1;
        if (listed >= 0 && big.size(listed) <= end - page) {
            if (!allocated) {
                damage(at, "a chunk of %d bytes is free, but the table of big allocations has one of %d bytes in it", bytes, (int) big.size(listed));
            }
            bigBlock(page, (int) big.size(listed), end, listed);
        } else if (!allocated || isDelayed(at)) {
            stretch.free(data, 0);
        } else {
            smallBlock(data, end, page);
        }
    }

    private boolean isDelayed(int at) {
        long chunk = stretch.address() + at;
        int found = Arrays.binarySearch(delayed, chunk);
        int next = found >= 0 ? found : -found - 1;
        return next < delayed.length && delayed[next] - chunk <= header + format.headerSize();
    }

    private void bigBlock(int page, int size, int end, int listed) {
        int whole = page + (size + Words.PAGE_MASK & -Words.PAGE);
        int stop = end < whole ? page + size + (1 << unitShift) - 1 & -1 << unitShift : whole;
        stretch.mark(page, HeapStretch.BIG, 0);
        if (stop < end) {
            stretch.heap(stop);
        }
        if (end < whole) {
            big.share(listed);
        }
    }

    private void smallBlock(int data, int end, int page) {
        int stay = fits(data, end) ? size(data) : 0;
        int move = page > data && page < end && fits(page, end) ? size(page) : 0;
        boolean moves = move > 0 && (stay == 0 || end - page - move < end - data - stay && end - data - stay > SLACK);
        int start = moves ? page : data;
        int size = moves ? move : stay;
        if (size == 0) {
            unknownBlock(data, end, page);
            return;
        }
        stretch.block(start, stretch.u32(start + format.tagOffset()));
        if (start + size < end) {
            stretch.heap(start + size);
        }
    }

    /** A chunk in use without a header that could be: data of whole pages that no table has, or damage. */
    private void unknownBlock(int data, int end, int page) {
        if (end - page >= Words.PAGE) {
            if (!big.touches(stretch.address() + page, end - page)) {
                synchronized (unlisted) {
                    unlisted.add(new BigBlocks.Piece(stretch.address() + page, end - page, pool));
                }
            }
            stretch.mark(page, HeapStretch.BIG, 0);
        } else if (!stretch.has(data)) {
            stretch.damaged(data);
        } else if ((data & Words.PAGE_MASK) + (end - data) <= Words.PAGE) {
            damage(data, "the header of a block says %d bytes, its chunk has %d", size(data), end - data);
            stretch.block(data, stretch.u32(data + format.tagOffset()));
        } else {
            damage(data, "no header of a block is in a chunk of %d bytes (%d in use)", end - data, end - data);
            stretch.damaged(data);
        }
    }

    /** Whether a block's header at a place gives a size that its chunk and its page have room for. */
    private boolean fits(int at, int end) {
        if (!stretch.has(at)) {
            return false;
        }
        int size = size(at);
        return size > 1 << unitShift && at + size <= end && (at & Words.PAGE_MASK) + size <= Words.PAGE;
    }

    private int size(int at) {
        return format.units(stretch.u32(at)) << unitShift;
    }

    private void damage(int at, String text, int one, int other) {
        damage.accept(new Damage(stretch.address() + at, text.formatted(one, other)));
    }
}
