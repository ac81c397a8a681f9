package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import org.poolscope.memory.LittleEndian;
import org.poolscope.model.PoolKind;

/**
 * Reads the chain of blocks on one page. The chain is the test of whether a page is pool at all: the first header says that no block is
 * before it, each size leads to the next header, which says the same size of the block before, and the last block ends with the
 * page. Not safe for use from several threads.
 *
 * <p>A header says where the next one is, so following the chain in a mapped image waits for memory at every block. Copying the page
 * first takes half of the time: the copy asks for all of the page at once, and the chain then leads through the nearest cache.
 */
final class PageParser {

    /** Units a place is counted in: 9 bits, and the state above them. */
    static final int UNIT_MASK = 0x1ff;
    static final int STATE_SHIFT = 9;
    private static final int FREE = BlockState.FREE.ordinal() << STATE_SHIFT;

    private static final int PAGED = 1;
    private static final int SESSION = 2;
    private static final int SPECIAL = 4;
    private static final int SEGMENT = 8;
    private static final int SHARED = 16;

    /** Votes of a page's blocks, counted in one number: how many are in use, and of these how many say paged, and session. */
    private static final int VOTE_BITS = 10;
    private static final int VOTE_MASK = (1 << VOTE_BITS) - 1;

    private final MemorySegment bytes;
    private final HeaderFormat format;
    private final int pageUnits;
    private final int wordsShift;
    private final int tagWord;
    private final int[] words = new int[Words.PAGE / Integer.BYTES];
    /** What a block of each type votes; a free one votes nothing. */
    private final int[] voteOf;
    private int votes;

    PageParser(MemorySegment bytes, HeaderFormat format) {
        this.bytes = bytes;
        this.format = format;
        this.pageUnits = format.pageUnits();
        this.wordsShift = format.unitShift() - Integer.numberOfTrailingZeros(Integer.BYTES);
        this.tagWord = format.tagOffset() / Integer.BYTES;
        this.voteOf = votes(format);
    }

    private static int[] votes(HeaderFormat format) {
        TypeField types = format.types();
        int[] votes = new int[format.typeCount()];
        for (int type = 0; type < votes.length; type++) {
            votes[type] = !types.isAllocated(type) ? 0
                    : 1 | (types.isPaged(type) ? 1 << VOTE_BITS : 0) | (types.isSession(type) ? 1 << 2 * VOTE_BITS : 0);
        }
        return votes;
    }

    /** The most blocks a page can have. */
    int mostBlocks() {
        return pageUnits;
    }

    /**
     * Reads a page whose chain is whole.
     *
     * @param page where the page stands in the image
     * @param places takes each block's first unit and {@link BlockState}
     * @param tags takes each block's tag
     * @param at where in both the first block goes
     * @return how many blocks there are; 0 when the chain is not whole
     */
    int read(long page, char[] places, int[] tags, int at) {
        MemorySegment.copy(bytes, LittleEndian.U32, page, words, 0, words.length);
        // All in variables: the compiler that is there from the start reads fields again in each round.
        HeaderFormat header = format;
        int[] from = words;
        int[] vote = voteOf;
        int end = pageUnits;
        int shift = wordsShift;
        int tagPlace = tagWord;
        int unit = 0;
        int previous = 0;
        int n = at;
        int counted = 0;
        votes = 0;
        while (unit < end) {
            int word = from[unit << shift];
            int size = header.units(word);
            if (size == 0 || header.previous(word) != previous) {
                return 0;
            }
            int its = vote[header.type(word)];
            counted += its;
            places[n] = place(unit, its == 0);
            tags[n++] = from[(unit << shift) + tagPlace];
            previous = size;
            unit += size;
        }
        votes = counted;
        return unit == pageUnits ? n - at : 0;
    }

    /** Words of the data of a block of so many units. */
    int dataWords(int units) {
        return units - 1 << wordsShift;
    }

    /**
     * Copies what a block holds, of the page read last.
     *
     * @param unit the block's first
     * @param count words from the beginning of its data
     */
    void copyData(int unit, int count, int[] to, int at) {
        System.arraycopy(words, unit + 1 << wordsShift, to, at, count);
    }

    /** Forgets the page before. */
    void begin() {
        votes = 0;
    }

    /** A block as it is kept, from its first unit and the first word of its header. */
    char place(int unit, int word) {
        int vote = voteOf[format.type(word)];
        votes += vote;
        return place(unit, vote == 0);
    }

    private static char place(int unit, boolean free) {
        return (char) (free ? unit | FREE : unit);
    }

    /**
     * What the page read last belongs to.
     *
     * @param byPlace the pool its address is in; {@code null} when only its blocks tell
     */
    byte flags(PoolKind byPlace) {
        int allocated = votes & VOTE_MASK;
        boolean paged = byPlace == null ? 2 * (votes >>> VOTE_BITS & VOTE_MASK) > allocated : byPlace == PoolKind.PAGED;
        return (byte) ((paged ? PAGED : 0) | (paged && 2 * (votes >>> 2 * VOTE_BITS) > allocated ? SESSION : 0));
    }

    static boolean isPaged(byte flags) {
        return (flags & PAGED) != 0;
    }

    static boolean isSession(byte flags) {
        return (flags & SESSION) != 0;
    }

    /** The flags of a page of special pool. */
    static byte special(boolean paged) {
        return (byte) (SPECIAL | (paged ? PAGED : 0));
    }

    static boolean isSpecial(byte flags) {
        return (flags & SPECIAL) != 0;
    }

    /** The flags of a page of a segment heap. */
    static byte segment(boolean paged, boolean shared) {
        return (byte) (SEGMENT | (paged ? PAGED : 0) | (shared ? SHARED : 0));
    }

    static boolean isSegment(byte flags) {
        return (flags & SEGMENT) != 0;
    }

    /** Whether a part of the page belongs to an allocation that has other pages of its own. */
    static boolean isShared(byte flags) {
        return (flags & SHARED) != 0;
    }
}
