package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import org.poolscope.memory.LittleEndian;
import org.poolscope.model.PoolKind;

/**
 * Reads the chain of blocks on one page. The chain is the test of whether a page is pool at all: the first header says that no block is
 * before it, each size leads to the next header, which says the same size of the block before, and the last block ends with the
 * page. Not safe for use from several threads.
 */
final class PageParser {

    /** Units a place is counted in: 9 bits, and the state above them. */
    static final int UNIT_MASK = 0x1ff;
    static final int STATE_SHIFT = 9;

    private static final int PAGED = 1;
    private static final int SESSION = 2;
    private static final int SPECIAL = 4;

    private final MemorySegment bytes;
    private final HeaderFormat format;
    private final TypeField types;
    private final int unitShift;
    private final int pageUnits;
    private final int tagOffset;
    private int pagedVotes;
    private int sessionVotes;
    private int allocated;

    PageParser(MemorySegment bytes, HeaderFormat format) {
        this.bytes = bytes;
        this.format = format;
        this.types = format.types();
        this.unitShift = format.unitShift();
        this.pageUnits = format.pageUnits();
        this.tagOffset = format.tagOffset();
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
        int unit = 0;
        int previous = 0;
        int n = at;
        begin();
        while (unit < pageUnits) {
            long header = page + ((long) unit << unitShift);
            int word = bytes.get(LittleEndian.U32, header);
            int size = format.units(word);
            if (size == 0 || format.previous(word) != previous) {
                return 0;
            }
            places[n] = place(unit, word);
            tags[n++] = bytes.get(LittleEndian.U32, header + tagOffset);
            previous = size;
            unit += size;
        }
        return unit == pageUnits ? n - at : 0;
    }

    /** Forgets the page before. */
    void begin() {
        pagedVotes = 0;
        sessionVotes = 0;
        allocated = 0;
    }

    /** A block as it is kept, from its first unit and the first word of its header. */
    char place(int unit, int word) {
        int type = format.type(word);
        if (!types.isAllocated(type)) {
            return (char) (unit | BlockState.FREE.ordinal() << STATE_SHIFT);
        }
        allocated++;
        pagedVotes += types.isPaged(type) ? 1 : 0;
        sessionVotes += types.isSession(type) ? 1 : 0;
        return (char) unit;
    }

    /**
     * What the page read last belongs to.
     *
     * @param byPlace the pool its address is in; {@code null} when only its blocks tell
     */
    byte flags(PoolKind byPlace) {
        boolean paged = byPlace == null ? 2 * pagedVotes > allocated : byPlace == PoolKind.PAGED;
        return (byte) ((paged ? PAGED : 0) | (paged && 2 * sessionVotes > allocated ? SESSION : 0));
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
}
