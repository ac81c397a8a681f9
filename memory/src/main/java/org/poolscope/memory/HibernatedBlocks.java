package org.poolscope.memory;

import java.util.Arrays;

/**
 * The blocks a hibernation file packs pages in, as its headers list them: where each stands and how it is packed. Pages are numbered
 * in the order in which the blocks bring them ("slots"); which page of memory a slot is, a {@link PageRuns} tells. 16 bytes a block of
 * up to 16 pages, and 24 a run of pages.
 */
final class HibernatedBlocks {

    /** The most pages a block holds, in either form of the file. */
    static final int MOST_PAGES = 16;

    private final long[] offset;
    private final int[] packing;
    private final int[] firstSlot;
    private final PageRuns pages;

    private HibernatedBlocks(long[] offset, int[] packing, int[] firstSlot, PageRuns pages) {
        this.offset = offset;
        this.packing = packing;
        this.firstSlot = firstSlot;
        this.pages = pages;
    }

    /** How many blocks there are. */
    int count() {
        return offset.length;
    }

    /** Pages in all blocks, also those that no page of memory leads to. */
    int slots() {
        return firstSlot[count()];
    }

    /** Which page of memory stands in which slot: as the offset of the slot among slots of a page each. */
    PageRuns pages() {
        return pages;
    }

    /** The block that brings a slot. */
    int blockOf(long slot) {
        int at = Arrays.binarySearch(firstSlot, (int) slot);
        return at >= 0 ? at : -at - 2;
    }

    int firstSlot(int block) {
        return firstSlot[block];
    }

    /** Pages of a block: at most {@link #MOST_PAGES}. */
    int pages(int block) {
        return firstSlot[block + 1] - firstSlot[block];
    }

    /** Where its packed bytes begin. They lie inside the file. */
    long offset(int block) {
        return offset[block];
    }

    /** How many packed bytes it has: at most as many as come out. */
    int packedSize(int block) {
        return packing[block] >>> 8;
    }

    HibernationPacking packing(int block) {
        return HibernationPacking.of(packing[block] & 0xff);
    }

    /** Gathers blocks in the order of the file. */
    static final class Builder {

        private static final int MOST_SLOTS = Integer.MAX_VALUE - MOST_PAGES;

        private final PageRuns.Builder runs = new PageRuns.Builder(Long.MAX_VALUE);
        private long[] offset = new long[64];
        private int[] packing = new int[64];
        private int[] firstSlot = new int[65];
        private int count;

        /** Whether a block of {@link #MOST_PAGES} more can be added. */
        boolean hasRoom() {
            return firstSlot[count] < MOST_SLOTS;
        }

        /**
         * Adds a block.
         *
         * @param at where its packed bytes begin
         * @param packedSize how many of them there are, at most {@code pages} pages, all inside the file
         * @return its first slot
         */
        int block(long at, int packedSize, int pages, HibernationPacking how) {
            if (count == offset.length) {
                offset = Arrays.copyOf(offset, count * 2);
                packing = Arrays.copyOf(packing, count * 2);
                firstSlot = Arrays.copyOf(firstSlot, count * 2 + 1);
            }
            offset[count] = at;
            packing[count] = packedSize << 8 | how.ordinal();
            firstSlot[count + 1] = firstSlot[count] + pages;
            return firstSlot[count++];
        }

        /** Says which pages of memory stand in some slots. */
        void map(long firstPage, int pages, int slot) {
            runs.add(firstPage, pages, (long) slot << PhysicalMemory.PAGE_SHIFT);
        }

        int slots() {
            return firstSlot[count];
        }

        /** Whether {@link #build} found pages that two blocks bring; see {@link PageRuns.Builder#overlapping}. */
        boolean overlapping() {
            return runs.overlapping();
        }

        /** Counts pages the file promises and does not hold. */
        void miss(long pages) {
            runs.miss(pages);
        }

        HibernatedBlocks build() {
            return new HibernatedBlocks(Arrays.copyOf(offset, count), Arrays.copyOf(packing, count), Arrays.copyOf(firstSlot, count + 1),
                    runs.build());
        }
    }
}
