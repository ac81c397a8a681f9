package org.poolscope.pool;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The blocks of some thousand neighbouring pool pages, in flat arrays: 20 bytes a page and 6 a block. A block is known inside its
 * group by its number, counted over the pages in the order of their addresses.
 */
final class PageGroup {

    /** Where each page is, and where it stands in the image. */
    final long[] address;
    final long[] offset;
    /** What the blocks of each page say of it, as {@link PageParser#flags}. */
    final byte[] flags;
    /** The first block of each page, and behind the last page the number of blocks. */
    final int[] first;
    /** The first unit of each block, and its state. */
    final char[] place;
    final int[] tag;
    private final int realBlocks;
    /** The words of some blocks; {@code null} when none were taken. */
    private final KeptBlocks kept;

    private PageGroup(long[] address, long[] offset, byte[] flags, int[] first, char[] place, int[] tag, KeptBlocks kept) {
        this.address = address;
        this.offset = offset;
        this.flags = flags;
        this.first = first;
        this.place = place;
        this.tag = tag;
        int count = place.length;
        for (char one : place) {
            count -= one >>> PageParser.STATE_SHIFT == BlockState.HEAP.ordinal() ? 1 : 0;
        }
        this.realBlocks = count;
        this.kept = kept;
    }

    int pages() {
        return address.length;
    }

    int blocks() {
        return place.length;
    }

    /** How many of the entries are blocks, and not what a heap keeps for itself. */
    int realBlocks() {
        return realBlocks;
    }

    /** The words of the blocks of a tag; {@code null} when they were not kept. */
    KeptBlocks kept(int key) {
        return kept != null && kept.areOf(key) ? kept : null;
    }

    int unit(int block) {
        return place[block] & PageParser.UNIT_MASK;
    }

    int state(int block) {
        return place[block] >>> PageParser.STATE_SHIFT;
    }

    void setState(int block, BlockState state) {
        place[block] = (char) (unit(block) | state.ordinal() << PageParser.STATE_SHIFT);
    }

    /** The unit behind a block of this page. */
    int end(int page, int block, int pageUnits) {
        return block + 1 == first[page + 1] ? pageUnits : unit(block + 1);
    }

    /** The next block with the tag of a key, from a block on; the number of blocks when there is none. */
    int next(int key, int from) {
        int[] tags = tag;
        int block = from;
        while (block < tags.length && (tags[block] & Integer.MAX_VALUE) != key) {
            block++;
        }
        return block;
    }

    /** The page a block is on. */
    int pageOf(int block) {
        int found = Arrays.binarySearch(first, block);
        return found >= 0 ? found : -found - 2;
    }

    /** The block of a page that covers a unit. */
    int blockAt(int page, int unit) {
        int low = first[page];
        int high = first[page + 1] - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (unit(middle) <= unit) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** This group less some of its pages. */
    PageGroup without(BitSet superfluous) {
        Builder builder = new Builder(pages(), 1);
        builder.place = new char[blocks()];
        builder.tag = new int[blocks()];
        for (int page = 0; page < pages(); page++) {
            if (!superfluous.get(page)) {
                int count = first[page + 1] - first[page];
                System.arraycopy(place, first[page], builder.place, builder.blocks, count);
                System.arraycopy(tag, first[page], builder.tag, builder.blocks, count);
                builder.add(address[page], offset[page], flags[page], count);
            }
        }
        return builder.build();
    }

    /** Gathers pages. Keeps its arrays from one group to the next. */
    static final class Builder {

        final long[] address;
        final long[] offset;
        final byte[] flags;
        final int[] first;
        char[] place;
        int[] tag;
        int pages;
        int blocks;
        private final int room;

        /** @param room the most blocks of one page */
        Builder(int pages, int room) {
            this.room = room;
            this.address = new long[pages];
            this.offset = new long[pages];
            this.flags = new byte[pages];
            this.first = new int[pages + 1];
            this.place = new char[16 * room];
            this.tag = new int[16 * room];
        }

        /** Makes room for the blocks of one more page. */
        void makeRoom() {
            if (place.length - blocks < room) {
                place = Arrays.copyOf(place, place.length * 2);
                tag = Arrays.copyOf(tag, tag.length * 2);
            }
        }

        void add(long va, long fileOffset, byte pageFlags, int count) {
            address[pages] = va;
            offset[pages] = fileOffset;
            flags[pages] = pageFlags;
            first[pages++] = blocks;
            blocks += count;
            first[pages] = blocks;
        }

        PageGroup build() {
            return build(null);
        }

        PageGroup build(KeptBlocks kept) {
            PageGroup group = new PageGroup(Arrays.copyOf(address, pages), Arrays.copyOf(offset, pages), Arrays.copyOf(flags, pages),
                    Arrays.copyOf(first, pages + 1), Arrays.copyOf(place, blocks), Arrays.copyOf(tag, blocks), kept);
            pages = 0;
            blocks = 0;
            first[0] = 0;
            return group;
        }
    }
}
