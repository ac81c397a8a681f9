package org.poolscope.memory;

import java.lang.foreign.MemorySegment;

/**
 * Pages stored in the order of a bitmap: bit <i>n</i> (lowest bit of each byte first) says that page <i>n</i> is stored, and
 * stored pages follow each other. To find one means to count the bits before its own; the counts at every 512th bit are kept,
 * eight bytes each, so that an answer takes at most eight population counts.
 */
final class PageBitmap implements PageMap {

    private static final int BLOCK_SHIFT = 9;

    private final MemorySegment bits;
    private final long bitCount;
    private final long firstOffset;
    private final long storable;
    private final long present;
    private final long highest;
    private final long[] rank;

    /**
     * Counts the bits.
     *
     * @param bits the bitmap, at least {@code bitCount} bits, a part of the mapped file
     * @param bitCount how many of the bits count
     * @param firstOffset file offset of the first stored page
     * @param storable how many pages fit between there and the end of the file; later ones are not present
     */
    PageBitmap(MemorySegment bits, long bitCount, long firstOffset, long storable) {
        this.bits = bits;
        this.bitCount = bitCount;
        this.firstOffset = firstOffset;
        this.storable = storable;
        int blocks = Math.toIntExact((bitCount >> BLOCK_SHIFT) + 1);
        this.rank = new long[blocks + 1];
        long seen = 0;
        for (int block = 0; block < blocks; block++) {
            rank[block] = seen;
            long start = (long) block << BLOCK_SHIFT;
            for (long word = start; word < start + (1 << BLOCK_SHIFT) && word < bitCount; word += Long.SIZE) {
                seen += Long.bitCount(word(word));
            }
        }
        rank[blocks] = seen;
        this.present = Math.min(seen, storable);
        this.highest = present == 0 ? -1 : select(present - 1);
    }

    /** Pages the bitmap promises, stored or cut off. */
    long promisedPages() {
        return rank[rank.length - 1];
    }

    @Override
    public long fileOffset(long pfn) {
        if (pfn < 0 || pfn >= bitCount) {
            return -1;
        }
        long own = pfn & ~63L;
        long word = word(own);
        if ((word >>> pfn & 1) == 0) {
            return -1;
        }
        long before = rankAt(own) + Long.bitCount(word & ((1L << pfn) - 1));
        return before < storable ? firstOffset + (before << PhysicalMemory.PAGE_SHIFT) : -1;
    }

    @Override
    public long contiguous(long pfn, long limit) {
        if (pfn < 0) {
            return -1;
        }
        if (pfn <= highest && (word(pfn & ~63L) >>> pfn & 1) != 0) {
            return Math.min(limit, next(pfn, false) - pfn);
        }
        long next = nextPresent(pfn);
        return next < 0 ? -limit : -Math.min(limit, next - pfn);
    }

    @Override
    public long presentPages() {
        return present;
    }

    @Override
    public long missingPages() {
        return promisedPages() - present;
    }

    @Override
    public long highestPage() {
        return highest;
    }

    @Override
    public long nextPresent(long pfn) {
        long next = next(Math.max(pfn, 0), true);
        return next <= highest ? next : -1;
    }

    /**
     * The first page at or above this one whose bit is set (or clear); {@code highest + 1} when there is none up to the highest.
     */
    private long next(long pfn, boolean set) {
        for (long at = pfn & ~63L; at <= highest; at += Long.SIZE) {
            long word = set ? word(at) : ~word(at);
            if (at < pfn) {
                word &= -1L << pfn;
            }
            if (word != 0) {
                return Math.min(at + Long.numberOfTrailingZeros(word), highest + 1);
            }
        }
        return highest + 1;
    }

    /** Set bits before a multiple of 64. */
    private long rankAt(long bit) {
        int block = (int) (bit >> BLOCK_SHIFT);
        long before = rank[block];
        for (long at = (long) block << BLOCK_SHIFT; at < bit; at += Long.SIZE) {
            before += Long.bitCount(word(at));
        }
        return before;
    }

    /** The page that stands at this place among the stored ones. */
    private long select(long index) {
        int low = 0;
        int high = rank.length - 2;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (rank[middle] <= index) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        long left = index - rank[low];
        for (long at = (long) low << BLOCK_SHIFT;; at += Long.SIZE) {
            long word = word(at);
            int ones = Long.bitCount(word);
            if (left < ones) {
                for (; left > 0; left--) {
                    word &= word - 1;
                }
                return at + Long.numberOfTrailingZeros(word);
            }
            left -= ones;
        }
    }

    /** 64 bits from a multiple of 64 on; bits beyond the count are clear. */
    private long word(long bit) {
        long at = bit >> 3;
        if (bitCount - bit >= Long.SIZE) {
            return bits.get(LittleEndian.U64, at);
        }
        long word = 0;
        for (int i = 0; bit + i < bitCount; i += Byte.SIZE) {
            word |= (bits.get(LittleEndian.U8, at + (i >> 3)) & 0xffL) << i;
        }
        int valid = (int) Math.max(bitCount - bit, 0);
        return valid == 0 ? 0 : word & (-1L >>> (Long.SIZE - valid));
    }
}
