package org.poolscope.pool;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * Finds the block at an address for whoever asks that many million times, and keeps which blocks are still open: in use, and not
 * reached yet. One thread at a time may mark or close blocks.
 *
 * <p>There are two bits for each unit of a page: whether a block begins there, and whether a pointer that leads there is settled. It is when the
 * unit belongs to no block in use, when such a pointer was met before, or when its block was closed. So a block is reached when a unit of
 * it is settled, and to follow a pointer needs neither the beginning of its block nor a look at any other bit, until the block's turn comes:
 * then it is closed, which settles all of its units.
 *
 * <p>A block is known here by its place, its page's number ({@link PoolBlocks#pageNumber}) and its first unit; an allocation of whole
 * pages by its number in their table.
 */
final class BlockMap {

    /** The place of no block. */
    static final long NOWHERE = -1;

    static final int UNIT_BITS = 9;
    private static final int UNIT_MASK = (1 << UNIT_BITS) - 1;
    /** Pages whose bits are kept in one array, which a processor's own cache holds. */
    private static final int CHUNK_PAGE_BITS = 12;
    /** Bits of a place that tell the page and the unit inside a chunk. */
    static final int CHUNK_BITS = CHUNK_PAGE_BITS + UNIT_BITS;
    static final int CHUNK_MASK = (1 << CHUNK_BITS) - 1;
    private static final int PAGE_IN_CHUNK = (1 << CHUNK_PAGE_BITS) - 1;
    private static final long BIG = 1L << 62;

    private final PoolBlocks blocks;
    private final int unitShift;
    private final int pageUnits;
    /** Words of one bit for each unit of a page, as a power of two. */
    private final int wordsShift;
    private final long[][] begins;
    private final long[][] settled;
    private final long[] openBigs;
    /** Pages on which a big allocation ends before the page does; {@code null} when there are none. */
    private final BitSet shared;

    BlockMap(PoolBlocks blocks) {
        PageGroup[] groups = blocks.groups();
        this.blocks = blocks;
        this.unitShift = blocks.format().unitShift();
        this.pageUnits = blocks.format().pageUnits();
        this.wordsShift = Integer.numberOfTrailingZeros(pageUnits >>> 6);
        this.begins = chunks(blocks.pages());
        this.settled = chunks(blocks.pages());
        IntStream.range(0, groups.length).parallel().forEach(group -> fill(groups[group], blocks.firstPage(group)));
        this.shared = shared(groups, blocks);
        this.openBigs = new long[(blocks.big().count() >>> 6) + 1];
        for (int i = 0; i < blocks.big().count(); i++) {
            openBigs[i >>> 6] |= 1L << i;
        }
    }

    private long[][] chunks(int pages) {
        long[][] chunks = new long[(pages >>> CHUNK_PAGE_BITS) + 1][];
        Arrays.setAll(chunks, chunk -> new long[Math.min(1 << CHUNK_PAGE_BITS, pages - (chunk << CHUNK_PAGE_BITS)) << wordsShift]);
        return chunks;
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
            int number = firstPage + page;
            long[] begun = begins[number >>> CHUNK_PAGE_BITS];
            long[] done = settled[number >>> CHUNK_PAGE_BITS];
            int line = line(number);
            int last = group.first[page + 1];
            int block = group.first[page];
            set(done, line, 0, block == last ? pageUnits : group.unit(block));
            while (block < last) {
                int unit = group.unit(block);
                begun[line + (unit >>> 6)] |= 1L << unit;
                boolean used = group.state(block++) == BlockState.ALLOCATED.ordinal();
                if (!used) {
                    set(done, line, unit, block == last ? pageUnits : group.unit(block));
                }
            }
        }
    }

    /** Sets the bits of units of a page. */
    private static void set(long[] bits, int line, int from, int to) {
        for (int unit = from; unit < to; unit = (unit | Long.SIZE - 1) + 1) {
            bits[line + (unit >>> 6)] |= inWord(unit, to);
        }
    }

    /** The bits from a unit on, of those in its word, up to another. */
    private static long inWord(int from, int to) {
        return -1L << from & (to - 1 >>> 6 == from >>> 6 ? -1L >>> -to : -1L);
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
        long[] of = begins[page >>> CHUNK_PAGE_BITS];
        int first = line(page);
        int word = first + (unit >>> 6);
        long begun = of[word] & -1L >>> ~unit;
        while (begun == 0 && word > first) {
            begun = of[--word];
        }
        return place(page, (word - first << 6) + 63 - Long.numberOfLeadingZeros(begun));
    }

    /** The big allocation that a unit of a page of blocks belongs to; negative when there is none. */
    private int bigOnPage(int page, int unit) {
        if (!isShared(page)) {
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
        return isBig(place) ? isBigOpen(big(place)) : isOpen(page(place), unit(place), end(place));
    }

    /** Whether the block from one unit to another is in use and was not reached. */
    boolean isOpen(int page, int unit, int end) {
        long[] of = settled[page >>> CHUNK_PAGE_BITS];
        int line = line(page);
        for (int at = unit; at < end; at = (at | Long.SIZE - 1) + 1) {
            if ((of[line + (at >>> 6)] & inWord(at, end)) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether a page has blocks that are in use and were not reached, once all blocks had their turn. */
    boolean hasOpen(int page) {
        long[] begun = begins[page >>> CHUNK_PAGE_BITS];
        long[] done = settled[page >>> CHUNK_PAGE_BITS];
        int line = line(page);
        long open = 0;
        for (int word = line; word < line + (1 << wordsShift); word++) {
            open |= begun[word] & ~done[word];
        }
        return open != 0;
    }

    /** Whether a page and unit, given as a place, are in a block that is in use and was not reached. */
    boolean isOpenAt(long pointer) {
        return pointer != NOWHERE && isOpen(isBig(pointer) ? pointer : onPage(page(pointer), unit(pointer)));
    }

    /** Whether the block that a word near pool leads to is in use, while nothing was reached. */
    boolean isInUse(long word) {
        int page = blocks.pageNumber(word);
        int unit = (int) (word & Words.PAGE_MASK) >>> unitShift;
        return page < 0 || bigOnPage(page, unit) >= 0 ? blocks.big().find(word) >= 0 : isOpen(page, unit, unit + 1);
    }

    /** Whether a big allocation was not reached. */
    private boolean isBigOpen(int number) {
        return (openBigs[number >>> 6] & 1L << number) != 0;
    }

    /** Whether a big allocation ends on this page of blocks, so that a pointer's page and unit do not tell what it leads to. */
    boolean isShared(int page) {
        return shared != null && shared.get(page);
    }

    /**
     * Settles pointers into blocks of one chunk whose turn is to come.
     *
     * @param pointers their pages and units in the chunk
     */
    void settle(int chunk, int[] pointers, int count) {
        long[] of = settled[chunk];
        int shift = wordsShift;
        for (int i = 0; i < count; i++) {
            int pointer = pointers[i];
            of[word(pointer, shift)] |= 1L << pointer;
        }
    }

    /**
     * Settles pointers into blocks of one chunk, and closes the blocks whose turn is over.
     *
     * @param pointers their pages and units in the chunk; takes the places of the blocks that are closed now, in the same form
     * @param turn blocks from this place on had their turn
     * @return how many blocks are closed now
     */
    int settle(int chunk, int[] pointers, int count, long turn) {
        long[] of = settled[chunk];
        int shift = wordsShift;
        long base = (long) chunk << CHUNK_BITS;
        int closed = 0;
        for (int i = 0; i < count; i++) {
            int pointer = pointers[i];
            int word = word(pointer, shift);
            long bits = of[word];
            if ((bits >>> pointer & 1) == 0) {
                if (base + pointer < turn) {
                    of[word] = bits | 1L << pointer;
                } else {
                    pointers[closed++] = (int) close(base + pointer) & CHUNK_MASK;
                }
            }
        }
        return closed;
    }

    /** Settles a pointer into a page of blocks, as a place; whether it was not before. */
    boolean settle(long pointer) {
        long[] of = settled[(int) (pointer >>> CHUNK_BITS)];
        int word = word((int) pointer & CHUNK_MASK, wordsShift);
        long bits = of[word];
        of[word] = bits | 1L << pointer;
        return (bits >>> pointer & 1) == 0;
    }

    private static int word(int pointer, int wordsShift) {
        return (pointer >>> UNIT_BITS << wordsShift) + ((pointer & UNIT_MASK) >>> 6);
    }

    /**
     * Closes the block from one unit to another when a pointer into it was settled.
     *
     * @return whether it is closed now
     */
    boolean closeReached(int page, int unit, int end) {
        if (isOpen(page, unit, end)) {
            return false;
        }
        set(settled[page >>> CHUNK_PAGE_BITS], line(page), unit, end);
        return true;
    }

    /** Closes the block that a page and unit, given as a place, are in; its place. */
    long close(long pointer) {
        long place = onPage(page(pointer), unit(pointer));
        set(settled[page(place) >>> CHUNK_PAGE_BITS], line(page(place)), unit(place), end(place));
        return place;
    }

    /** Closes a big allocation; whether it was open until now. */
    boolean closeBig(int number) {
        boolean open = isBigOpen(number);
        openBigs[number >>> 6] &= ~(1L << number);
        return open;
    }

    /** Opens a block again. */
    void reopen(long place) {
        if (isBig(place)) {
            openBigs[big(place) >>> 6] |= 1L << place;
            return;
        }
        long[] of = settled[page(place) >>> CHUNK_PAGE_BITS];
        int line = line(page(place));
        int end = end(place);
        for (int unit = unit(place); unit < end; unit = (unit | Long.SIZE - 1) + 1) {
            of[line + (unit >>> 6)] &= ~inWord(unit, end);
        }
    }

    private int end(long place) {
        return end(page(place), unit(place));
    }

    /** The unit behind the block of a page that begins at a unit. */
    int end(int page, int unit) {
        long[] of = begins[page >>> CHUNK_PAGE_BITS];
        int first = line(page);
        int word = first + (unit >>> 6);
        int last = first + (pageUnits >>> 6);
        long behind = of[word] & -2L << unit;
        while (behind == 0) {
            if (++word == last) {
                return pageUnits;
            }
            behind = of[word];
        }
        return (word - first << 6) + Long.numberOfTrailingZeros(behind);
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
        return (page & PAGE_IN_CHUNK) << wordsShift;
    }
}
