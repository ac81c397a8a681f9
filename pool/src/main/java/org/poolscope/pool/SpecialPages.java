package org.poolscope.pool;

import java.lang.foreign.MemorySegment;
import org.poolscope.memory.LittleEndian;

/**
 * Recognises pages of special pool, where Driver Verifier puts each block alone so that an overrun strikes an unmapped page. The page is
 * filled with one byte; the block stands at its end and the header at its start, or the other way round. The header's first word holds the
 * size in bytes, a bit for paged pool, and the fill byte where others keep the block's size; the tag follows as always.
 *
 * <p>Source: the public documentation of special pool, and ReactOS ({@code ntoskrnl/mm/ARM3/special.c}), whose pages debuggers for
 * Windows read.
 */
final class SpecialPages {

    private static final int SIZE_MASK = 0x1fff;
    private static final int PAGED_BIT = 0x8000;
    private static final int FILL_SHIFT = 16;

    /** Fewer bytes of fill than this prove nothing. */
    private static final int LEAST_FILL = 16;

    private final MemorySegment bytes;
    private final int header;
    private final int tagOffset;

    SpecialPages(MemorySegment bytes, HeaderFormat format) {
        this.bytes = bytes;
        this.header = format.headerSize();
        this.tagOffset = format.tagOffset();
    }

    /** Where the header of the block on a page of special pool stands, from the start of the page; -1 when the page is none. */
    int header(long page) {
        return isAt(page, 0) ? 0 : isAt(page, Words.PAGE - header) ? Words.PAGE - header : -1;
    }

    /** Bytes the block's owner asked for. */
    int size(long page, int at) {
        return bytes.get(LittleEndian.U32, page + at) & SIZE_MASK;
    }

    /** Bytes the owner of the block on a page of special pool asked for. */
    int size(long page) {
        return size(page, header(page));
    }

    /** Where the block's data begins, from the start of the page. */
    int data(long page, int at) {
        return at == 0 ? Words.PAGE - size(page, at) & -header : 0;
    }

    boolean isPaged(long page, int at) {
        return (bytes.get(LittleEndian.U32, page + at) & PAGED_BIT) != 0;
    }

    int tag(long page, int at) {
        return bytes.get(LittleEndian.U32, page + at + tagOffset);
    }

    private boolean isAt(long page, int at) {
        int word = bytes.get(LittleEndian.U32, page + at);
        int size = word & SIZE_MASK;
        int fill = word >>> FILL_SHIFT;
        if (size == 0 || size > Words.PAGE - header - LEAST_FILL || fill > 0xff || !PageRepair.isLikelyTag(tag(page, at))) {
            return false;
        }
        int data = data(page, at);
        int filled = 0;
        for (int i = at == 0 ? header : 0; i < (at == 0 ? Words.PAGE : at); i++) {
            if (i < data || i >= data + size) {
                if ((bytes.get(LittleEndian.U8, page + i) & 0xff) != fill) {
                    return false;
                }
                filled++;
            }
        }
        return filled >= LEAST_FILL;
    }
}
