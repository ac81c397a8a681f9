package org.poolscope.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * Finds the block at an address for whoever asks that many million times, and keeps which blocks are still open: in use, and not
 * reached yet. Any number of threads may close blocks.
 *
 * <p>Of each page there is a line of two bits for each unit: whether a block begins there, and whether that block is open. For the 256
 * units of a page on x64 that is 64 bytes: whether an address leads to an open block, and closing it, costs one access to memory.
 *
 * <p>A block is known here by its place, its page's number ({@link PoolBlocks#pageNumber}) and its first unit; an allocation of whole
 * pages by its number in their table.
 */
final class BlockMap {

    /** The place of no block. */
    static final long NOWHERE = -1;

    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int UNIT_BITS = 9;
    private static final int UNIT_MASK = (1 << UNIT_BITS) - 1;
    /** Pages whose lines are kept in one array. */
    private static final int CHUNK_BITS = 12;
    private static final int CHUNK_MASK = (1 << CHUNK_BITS) - 1;
    private static final long BIG = 1L << 62;

    private final PoolBlocks blocks;
    private final int unitShift;
    private final int pageUnits;
    /** Words of one bit for each unit of a page. */
    private final int half;
    private final long[][] lines;
    /** Blocks taken, or never open: a bit for each unit. */
    private final long[][] taken;
    private final long[] openBigs;
    /** Pages on which a big allocation ends before the page does; {@code null} when there are none. */
    private final BitSet shared;

    BlockMap(PoolBlocks blocks) {
        PageGroup[] groups = blocks.groups();
        this.blocks = blocks;
        this.unitShift = blocks.format().unitShift();
        this.pageUnits = blocks.format().pageUnits();
        this.half = pageUnits >>> 6;
        this.lines = new long[(blocks.pages() >>> CHUNK_BITS) + 1][];
        Arrays.setAll(lines, chunk -> new long[Math.min(1 << CHUNK_BITS, blocks.pages() - (chunk << CHUNK_BITS)) * 2 * half]);
        this.taken = new long[lines.length][];
        Arrays.setAll(taken, chunk -> new long[lines[chunk].length / 2]);
        IntStream.range(0, groups.length).parallel().forEach(group -> fill(groups[group], blocks.firstPage(group)));
        this.shared = shared(groups, blocks);
        this.openBigs = new long[(blocks.big().count() >>> 6) + 1];
        for (int i = 0; i < blocks.big().count(); i++) {
            openBigs[i >>> 6] |= 1L << i;
        }
    }

    private static BitSet shared(PageGroup[] groups, PoolBlocks blocks) {
        BitSet found = new BitSet();
        for (int g = 0; g < groups.length; g++) {
            for (int page = 0; page < groups[g].pages(); page++) {
                if (PageParser.isShared(groups[g].flags[page])) {
                    found.set(blocks.firstPage(g) + page);
                }
            }
        }
        return found.isEmpty() ? null : found;
    }

    private void fill(PageGroup group, int firstPage) {
        for (int page = 0; page < group.pages(); page++) {
            long[] of = lines[firstPage + page >>> CHUNK_BITS];
            long[] closed = taken[firstPage + page >>> CHUNK_BITS];
            int line = line(firstPage + page);
            for (int block = group.first[page]; block < group.first[page + 1]; block++) {
                int unit = group.unit(block);
                of[line + (unit >>> 6)] |= 1L << unit;
                if (group.state(block) == BlockState.ALLOCATED.ordinal()) {
                    of[line + half + (unit >>> 6)] |= 1L << unit;
                } else {
                    closed[line / 2 + (unit >>> 6)] |= 1L << unit;
                }
            }
        }
    }

    /** The place of the block that holds an address, header included. */
    long find(long va) {
        int page = blocks.pageNumber(va);
        if (page < 0) {
            int big = blocks.big().find(va);
            return big < 0 ? NOWHERE : bigPlace(big);
        }
        return onPage(page, (int) (va & Words.PAGE_MASK) >>> unitShift);
    }

    /** The place of the block of a page that a unit of this page belongs to. */
    long onPage(int page, int unit) {
        if (shared != null && shared.get(page)) {
            int group = blocks.groupOf(page);
            int big = blocks.big().find(blocks.groups()[group].address[page - blocks.firstPage(group)] + ((long) unit << unitShift));
            if (big >= 0) {
                return bigPlace(big);
            }
        }
        long[] of = lines[page >>> CHUNK_BITS];
        int first = line(page);
        int word = first + (unit >>> 6);
        long begun = of[word] & -1L >>> ~unit;
        while (begun == 0 && word > first) {
            begun = of[--word];
        }
        return place(page, (word - first << 6) + 63 - Long.numberOfLeadingZeros(begun));
    }

    /** Whether the block at a place is in use and was not reached. */
    boolean isOpen(long place) {
        return isBig(place) ? (openBigs[big(place) >>> 6] & 1L << big(place)) != 0
                : (lines[page(place) >>> CHUNK_BITS][openWord(place)] & 1L << place) != 0;
    }

    /** Closes a block; whether it was open until now. */
    boolean close(long place) {
        if (isBig(place)) {
            return close(openBigs, big(place) >>> 6, 1L << big(place));
        }
        return close(lines[page(place) >>> CHUNK_BITS], openWord(place), 1L << place);
    }

    private static boolean close(long[] words, int word, long bit) {
        return (words[word] & bit) != 0 && ((long) WORDS.getAndBitwiseAnd(words, word, ~bit) & bit) != 0;
    }

    /** Opens a block again. For one thread. */
    void reopen(long place) {
        if (isBig(place)) {
            openBigs[big(place) >>> 6] |= 1L << place;
        } else {
            lines[page(place) >>> CHUNK_BITS][openWord(place)] |= 1L << place;
        }
    }

    /**
     * Takes the blocks begun in one word of units of a page that are closed and were not taken: a bit for the first unit of each.
     * Blocks that were never open are not among them. No block is taken twice.
     */
    long take(int page, int word) {
        long[] of = lines[page >>> CHUNK_BITS];
        int line = line(page) + word;
        long[] before = taken[page >>> CHUNK_BITS];
        int at = (page & CHUNK_MASK) * half + word;
        long ready = of[line] & ~(long) WORDS.getVolatile(of, line + half) & ~before[at];
        return ready == 0 ? 0 : ready & ~(long) WORDS.getAndBitwiseOr(before, at, ready);
    }

    /** How many words of 64 units a page has. */
    int words() {
        return half;
    }

    /** The unit behind the block of a page that begins at a unit. */
    int end(int page, int unit) {
        long[] of = lines[page >>> CHUNK_BITS];
        int word = unit >>> 6;
        int first = line(page);
        long behind = of[first + word] & -2L << unit;
        while (behind == 0) {
            if (++word == half) {
                return pageUnits;
            }
            behind = of[first + word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(behind);
    }

    /** The number {@link PoolBlocks} knows a block by. */
    long number(long place) {
        if (isBig(place)) {
            return PoolBlocks.number(blocks.groups().length, big(place));
        }
        int group = blocks.groupOf(page(place));
        return PoolBlocks.number(group, blocks.groups()[group].blockAt(page(place) - blocks.firstPage(group), unit(place)));
    }

    static long place(int page, int unit) {
        return (long) page << UNIT_BITS | unit;
    }

    static long bigPlace(int number) {
        return BIG | number;
    }

    static boolean isBig(long place) {
        return place >= BIG;
    }

    static int big(long place) {
        return (int) place;
    }

    static int page(long place) {
        return (int) (place >>> UNIT_BITS);
    }

    static int unit(long place) {
        return (int) place & UNIT_MASK;
    }

    private int line(int page) {
        return (page & CHUNK_MASK) * 2 * half;
    }

    private int openWord(long place) {
        return line(page(place)) + half + (unit(place) >>> 6);
    }
}
