package org.poolscope.lab.machine;

import org.poolscope.lab.Dice;
import org.poolscope.lab.image.Access;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.symbols.StructLayout;
import org.poolscope.symbols.SymbolTable;

/** Writes subsegments of chunks of any size, each behind a header that the heap key hides. */
final class ChunkWriter {

    private static final int PAGE = 4096;
    private static final int SIGNATURE = 0x2bed;
    private static final int HEADER = 16;

    private final SegmentPools pools;
    private final KernelSpace space;
    private final SymbolTable symbols;
    private final Dice dice;
    private final long key;
    private final Struct context;
    private final SegmentPools.Content content;
    private long base;
    private int end;
    private int at;
    private int before;
    private boolean freeBefore;

    ChunkWriter(SegmentPools pools, Struct context, SegmentPools.Content content) {
        this.pools = pools;
        this.space = pools.space();
        this.symbols = pools.symbols();
        this.dice = pools.dice();
        this.key = pools.heapKey();
        this.context = context;
        this.content = content;
    }

    /** Writes one, full of chunks. */
    void write(long where, long bytes) {
        base = where;
        end = (int) bytes;
        StructLayout layout = symbols.get("_HEAP_VS_SUBSEGMENT");
        at = layout.size() + HEADER - 1 & -HEADER;
        before = 0;
        freeBefore = false;
        map(0, layout.size());
        Struct subsegment = new Struct(space, layout, base);
        space.insertTail(context.at("SubsegmentList"), subsegment.at("ListEntry"));
        subsegment.set("Size", bytes / HEADER).set("Signature", bytes / HEADER ^ SIGNATURE);
        pools.part(subsegment.at("Size"), 4, "size of a subsegment", 0, 0);
        while (end - at > 4 * PAGE) {
            int what = dice.below(12);
            if (what == 0) {
                big();
            } else if (what <= 2 && !freeBefore) {
                free(dice.between(2, dice.oneIn(4) ? 700 : 60));
            } else if (what == 3) {
                small(dice.between(3, 40), true);
            } else {
                small(dice.between(2, dice.oneIn(3) ? 254 : 40), false);
            }
        }
        if (freeBefore) {
            small(8, false);
        }
        free((end - at) / HEADER);
    }

    private void small(int units, boolean delayed) {
        int data = at + HEADER;
        int inPage = data & PAGE - 1;
        int start = data;
        if (inPage + units * HEADER > PAGE) {
            if (!freeBefore && dice.oneIn(2)) {
                free((PAGE - inPage) / HEADER + 1);
                small(units, delayed);
                return;
            }
            start = data + PAGE - inPage;
        }
        int spare = dice.below(2) * HEADER;
        if ((start & PAGE - 1) + units * HEADER + spare > PAGE) {
            spare = 0;
        }
        int chunk = start - at + units * HEADER + spare;
        map(at, chunk);
        if (delayed && start == data) {
            content.delay(base + start, (chunk - HEADER) / HEADER);
        } else {
            content.block(base + start, units);
        }
        header(chunk / HEADER, true);
    }

    /** Data that begins with a page, behind a header at the end of the page before. */
    private void big() {
        int gap = PAGE - HEADER - (at & PAGE - 1);
        if (gap != 0) {
            if (freeBefore || gap < 2 * HEADER) {
                return;
            }
            free(gap / HEADER);
        }
        int bytes = PAGE + dice.between(1, PAGE + 500) & -HEADER;
        map(at, HEADER + bytes);
        content.big(base + at + HEADER, bytes);
        header((HEADER + bytes) / HEADER, true);
    }

    /** Pages that lie wholly inside may be given back to the memory manager. */
    private void free(int units) {
        boolean keeps = dice.oneIn(2);
        int stop = at + units * HEADER;
        for (int piece = at; piece < stop;) {
            int next = Math.min(stop, piece + PAGE & -PAGE);
            boolean whole = piece > at && next - piece == PAGE;
            boolean mapped = space.isMapped(base + piece);
            if (!whole || keeps || mapped) {
                map(piece, next - piece);
                int data = piece == at ? piece + HEADER : piece;
                if (data < next) {
                    content.freed(base + data, next - data, false);
                }
            }
            piece = next;
        }
        header(units, false);
    }

    private void header(int units, boolean allocated) {
        Struct sizes = new Struct(space, symbols.get("_HEAP_VS_CHUNK_HEADER_SIZE"), base + at);
        space.put64(base + at, 0);
        sizes.set("MemoryCost", allocated ? 0 : dice.below(16)).set("UnsafeSize", units).set("UnsafePrevSize", before)
                .set("Allocated", allocated ? 1 : 0);
        space.put64(base + at, space.u64(base + at) ^ base + at ^ key);
        space.put64(base + at + 8, allocated ? dice.nextInt() & 0xff : 0);
        pools.part(base + at, 8, "header of a chunk", base + at, base + at + units * HEADER);
        before = units;
        at += units * HEADER;
        freeBefore = !allocated;
    }

    private void map(int from, int bytes) {
        space.mapMissing(base + from, bytes, Access.DATA);
    }
}
