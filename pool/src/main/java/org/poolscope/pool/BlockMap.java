package org.poolscope.pool;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * Finds the block at an address for whoever asks that many million times, and keeps which blocks are still open: in use, and not
 * reached yet. One thread at a time may close blocks.
 *
 * <p>Of each page there is a line of two bits for each unit: whether a block begins there, and whether that block is open, for 64 units
 * beside each other. For the 256 units of a page on x64 that is 64 bytes: whether an address leads to an open block, and closing it, costs
 * one access to memory.
 *
 * <p>A block is known here by its place, its page's number ({@link PoolBlocks#pageNumber}) and its first unit; an allocation of whole
 * pages by its number in their table.
 */
final class BlockMap {

    /** The place of no block. */
    static final long NOWHERE = -1;

    static final int UNIT_BITS = 9;
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
            int line = line(firstPage + page);
            for (int block = group.first[page]; block < group.first[page + 1]; block++) {
                int unit = group.unit(block);
                int word = line + 2 * (unit >>> 6);
                of[word] |= 1L << unit;
                if (group.state(block) == BlockState.ALLOCATED.ordinal()) {
                    of[word + 1] |= 1L << unit;
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
    private long onPage(int page, int unit) {
        int big = bigOnPage(page, unit);
        if (big >= 0) {
            return bigPlace(big);
        }
        long[] of = lines[page >>> CHUNK_BITS];
        int first = line(page);
        int word = first + 2 * (unit >>> 6);
        long begun = of[word] & -1L >>> ~unit;
        while (begun == 0 && word > first) {
            word -= 2;
            begun = of[word];
        }
        return place(page, (word - first << 5) + 63 - Long.numberOfLeadingZeros(begun));
    }

    /** The big allocation that a unit of a page of blocks belongs to; negative when there is none. */
    private int bigOnPage(int page, int unit) {
        if (shared == null || !shared.get(page)) {
            return -1;
        }
        int group = blocks.groupOf(page);
        return blocks.big().find(blocks.groups()[group].address[page - blocks.firstPage(group)] + ((long) unit << unitShift));
    }

    /** The place of the block in use that a word near pool leads to, when it may be a pointer; {@link #NOWHERE} otherwise. */
    long target(long word, PointerRules rules) {
        long place = find(word);
        if (place == NOWHERE || !isOpen(place) && blocks.state(number(place)) != BlockState.ALLOCATED) {
            return NOWHERE;
        }
        return rules.isPlain(word) || rules.isPlausible(word, number(place)) ? place : NOWHERE;
    }

    /** Whether the block at a place is in use and was not reached. */
    boolean isOpen(long place) {
        return isBig(place) ? (openBigs[big(place) >>> 6] & 1L << big(place)) != 0
                : (lines[page(place) >>> CHUNK_BITS][openWord(place)] & 1L << place) != 0;
    }

    /** Whether a page and unit, given as a place, are in a block that is in use and was not reached. */
    boolean isOpenAt(long pointer) {
        return pointer != NOWHERE && isOpen(isBig(pointer) ? pointer : onPage(page(pointer), unit(pointer)));
    }

    /**
     * Closes the block that a page and unit, given as a place, are in; a big allocation is known by its own. Asked for every pointer: to go
     * through {@link #onPage} and {@link #openWord}, which say the same in less, makes the whole search 3 % longer.
     *
     * @return the block's place when it was open until now; {@link #NOWHERE} otherwise
     */
    long close(long pointer) {
        int page = page(pointer);
        if (pointer < 0 || isBig(pointer)) {
            return pointer < 0 ? NOWHERE : closeBig(big(pointer));
        }
        int unit = unit(pointer);
        int big = bigOnPage(page, unit);
        if (big >= 0) {
            return closeBig(big);
        }
        long[] of = lines[page >>> CHUNK_BITS];
        int first = line(page);
        int word = first + 2 * (unit >>> 6);
        long begun = of[word] & -1L >>> ~unit;
        while (begun == 0 && word > first) {
            word -= 2;
            begun = of[word];
        }
        long bit = Long.highestOneBit(begun);
        long open = of[word + 1];
        if ((open & bit) == 0) {
            return NOWHERE;
        }
        of[word + 1] = open ^ bit;
        return place(page, (word - first << 5) + 63 - Long.numberOfLeadingZeros(begun));
    }

    private long closeBig(int number) {
        long bit = 1L << number;
        if ((openBigs[number >>> 6] & bit) == 0) {
            return NOWHERE;
        }
        openBigs[number >>> 6] ^= bit;
        return bigPlace(number);
    }

    /** Opens a block again. */
    void reopen(long place) {
        if (isBig(place)) {
            openBigs[big(place) >>> 6] |= 1L << place;
        } else {
            lines[page(place) >>> CHUNK_BITS][openWord(place)] |= 1L << place;
        }
    }

    /** The unit behind the block of a page that begins at a unit. */
    int end(int page, int unit) {
        long[] of = lines[page >>> CHUNK_BITS];
        int word = unit >>> 6;
        int first = line(page);
        long behind = of[first + 2 * word] & -2L << unit;
        while (behind == 0) {
            if (++word == half) {
                return pageUnits;
            }
            behind = of[first + 2 * word];
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
        return line(page(place)) + 2 * (unit(place) >>> 6) + 1;
    }
}
