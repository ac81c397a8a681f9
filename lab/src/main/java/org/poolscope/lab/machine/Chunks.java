package org.poolscope.lab.machine;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.poolscope.lab.image.KernelSpace;
import org.poolscope.symbols.FieldLayout;
import org.poolscope.symbols.StructLayout;

/**
 * Subsegments of chunks of any size that are allocated, freed and joined again. A chunk begins with a header of 16 bytes whose numbers the
 * heap key hides: how long it is, how long the one before it is, and whether it is in use; all lengths in units of 16 bytes.
 */
final class Chunks {

    private static final int PAGE = 4096;
    private static final int UNIT = 16;
    private static final int SIGNATURE = 0x2bed;

    private final HeapWriting heaps;
    private final KernelSpace space;
    private final StructLayout sizes;
    private final Struct context;
    private final Map<Long, Integer> free = new HashMap<>();
    private final TreeMap<Integer, ArrayDeque<Long>> bySize = new TreeMap<>();
    private final TreeMap<Long, Long> ends = new TreeMap<>(Long::compareUnsigned);

    Chunks(HeapWriting heaps, Struct context) {
        this.heaps = heaps;
        this.space = heaps.space();
        this.sizes = heaps.symbols().get("_HEAP_VS_CHUNK_HEADER_SIZE");
        this.context = context;
    }

    /** Makes mapped memory a subsegment, all of it one free chunk. */
    void add(long base, int bytes) {
        StructLayout layout = heaps.symbols().get("_HEAP_VS_SUBSEGMENT");
        Struct subsegment = new Struct(space, layout, base);
        space.insertTail(context.at("SubsegmentList"), subsegment.at("ListEntry"));
        subsegment.set("Size", bytes / UNIT).set("Signature", bytes / UNIT ^ SIGNATURE);
        long first = base + (layout.size() + UNIT - 1 & -UNIT);
        ends.put(first, base + bytes);
        makeFree(first, (int) (base + bytes - first) / UNIT, 0);
    }

    /** Allocates room for a block of so many units, pool header included, that crosses no page; 0 when no free chunk has it. */
    long allocate(int units) {
        for (Map.Entry<Integer, ArrayDeque<Long>> entry : bySize.tailMap(units + 1).entrySet()) {
            ArrayDeque<Long> candidates = entry.getValue();
            while (!candidates.isEmpty() && !entry.getKey().equals(free.get(candidates.peekLast()))) {
                candidates.pollLast();
            }
            if (!candidates.isEmpty()) {
                long block = place(candidates.peekLast(), entry.getKey(), units);
                if (block != 0) {
                    return block;
                }
            }
        }
        return 0;
    }

    private long place(long chunk, int all, int units) {
        int inPage = (int) (chunk + UNIT & PAGE - 1);
        int gap = inPage + units * UNIT <= PAGE ? 0 : (PAGE - inPage) / UNIT + 1;
        int rest = all - gap - units - 1;
        if (rest < 0) {
            return 0;
        }
        int before = before(chunk);
        free.remove(chunk);
        long taken = chunk + (long) gap * UNIT;
        if (gap > 0) {
            makeFree(chunk, gap, before);
            before = gap;
        }
        // a single unit that is left over is no chunk: it stays behind the block
        int length = rest > 1 ? units + 1 : units + 1 + rest;
        header(taken, length, before, true);
        if (rest > 1) {
            makeFree(taken + (long) length * UNIT, rest, length);
        } else {
            linkNext(taken, length);
        }
        return taken + UNIT;
    }

    /** Frees the chunk of a block, and joins it with its free neighbours. */
    void free(long block) {
        long chunk = block - UNIT;
        int length = length(chunk);
        int before = before(chunk);
        Integer next = free.remove(chunk + (long) length * UNIT);
        if (next != null) {
            length += next;
        }
        Integer previous = before == 0 ? null : free.remove(chunk - (long) before * UNIT);
        if (previous != null) {
            chunk -= (long) before * UNIT;
            length += previous;
            before = before(chunk);
        }
        makeFree(chunk, length, before);
    }

    private void makeFree(long chunk, int length, int before) {
        header(chunk, length, before, false);
        linkNext(chunk, length);
        free.put(chunk, length);
        bySize.computeIfAbsent(length, size -> new ArrayDeque<>()).add(chunk);
    }

    private void linkNext(long chunk, int length) {
        long next = chunk + (long) length * UNIT;
        if (Long.compareUnsigned(next, ends.floorEntry(chunk).getValue()) < 0) {
            hide(next);
            new Struct(space, sizes, next).set("UnsafePrevSize", length);
            hide(next);
        }
    }

    private void header(long chunk, int length, int before, boolean allocated) {
        space.put64(chunk, 0);
        new Struct(space, sizes, chunk).set("UnsafeSize", length).set("UnsafePrevSize", before).set("Allocated", allocated ? 1 : 0);
        hide(chunk);
        space.put64(chunk + 8, allocated ? heaps.dice().below(0x100) : 0);
    }

    /** Hides the numbers of a header, or brings them to light. */
    private void hide(long chunk) {
        space.put64(chunk, space.u64(chunk) ^ chunk ^ heaps.heapKey());
    }

    private int length(long chunk) {
        return number(chunk, "UnsafeSize");
    }

    private int before(long chunk) {
        return number(chunk, "UnsafePrevSize");
    }

    private int number(long chunk, String field) {
        FieldLayout place = sizes.field(field);
        long numbers = space.u64(chunk) ^ chunk ^ heaps.heapKey();
        return (int) place.extract(numbers >>> place.offset() * Byte.SIZE & (1L << place.bytes() * Byte.SIZE) - 1);
    }
}
